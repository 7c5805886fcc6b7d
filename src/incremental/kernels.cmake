# The inner loops are compiled once for each instruction set, and the program takes what its processor has. Fused
# multiply-add is asked for by name in those that have it; without it the compiler must not choose.
set(kernel_flags -ffp-contract=off)
if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
  set(avx512_flags -mavx512f -mfma)
  set(avx2_flags -mavx2 -mfma)
endif()
foreach(set avx512 avx2 portable)
  set_source_files_properties(incremental/kernels_${set}.cpp PROPERTIES SKIP_PRECOMPILE_HEADERS ON
    COMPILE_OPTIONS "${kernel_flags};${${set}_flags}")
endforeach()
