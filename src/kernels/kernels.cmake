# The inner loops are compiled once for each instruction set, and the program takes what its processor has. Fused
# multiply-add is asked for by name in those that have it; without it the compiler must not choose.
include(CheckCXXCompilerFlag)
set(kernel_flags -ffp-contract=off)
if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
  set(avx512_flags -mavx512f -mfma)
  check_cxx_compiler_flag(-mavx512bf16 SEMSCOPE_COMPILES_AVX512_BF16)
  if(SEMSCOPE_COMPILES_AVX512_BF16)
    set(avx512_bf16_flags ${avx512_flags} -mavx512bf16)
  endif()
  set(avx2_flags -mavx2 -mfma)
endif()
foreach(set avx512_bf16 avx512 avx2 portable)
  set_source_files_properties(kernels/kernels_${set}.cpp PROPERTIES SKIP_PRECOMPILE_HEADERS ON
    COMPILE_OPTIONS "${kernel_flags};${${set}_flags}")
endforeach()
