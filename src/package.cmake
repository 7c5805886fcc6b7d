# cpack: a Debian package of what cmake --install installs, below /usr. dpkg-shlibdeps finds the libraries that it needs.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME semscope)
set(CPACK_PACKAGE_VENDOR "The semscope authors")
set(CPACK_PACKAGE_CONTACT "The semscope authors <noreply@semscope.invalid>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "${PROJECT_DESCRIPTION}")
set(CPACK_PACKAGE_DESCRIPTION
    "It inhibits each semantic class in each scene photograph, measures how the scores of a scene\nclassification network move, and reduces the changes over a data set, on the ranks of an MPI job.")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION science)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
# What no library of the programs names: mpirun, a fast BLAS in place of the reference one, the font of the figures.
set(CPACK_DEBIAN_PACKAGE_DEPENDS "openmpi-bin, libopenblas0-pthread, fonts-dejavu-core")
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "hdf5-tools")
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "python3-h5py, python3-torch, python3-torchvision")  # jobs/data/export_network.py
include(CPack)
