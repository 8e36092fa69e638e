-- A modulefile for Lmod: install it as perebor/0.1.0.lua in a folder of MODULEPATH.

help([[
Parallel hyperparameter search whose answer is the same anywhere.
'perebor --help' lists the commands, 'man perebor' says more.
]])

whatis("Name: perebor")
whatis("Version: 0.1.0")
whatis("Description: Parallel hyperparameter search for classifiers of tabular data")

conflict("perebor")

-- Where cmake --install put it, in lib64 where the system has that: then say so below.
local prefix = "/opt/perebor/0.1.0"

prepend_path("PATH", pathJoin(prefix, "bin"))
prepend_path("MANPATH", pathJoin(prefix, "share/man"))
prepend_path("LD_LIBRARY_PATH", pathJoin(prefix, "lib"))
prepend_path("PKG_CONFIG_PATH", pathJoin(prefix, "lib/pkgconfig"))
prepend_path("CMAKE_PREFIX_PATH", prefix)
