# find_package(citrine): headers under include/citrine, libraries, and a package file that finds what they need.
