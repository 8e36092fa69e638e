#%Module1.0
## A modulefile for Environment Modules: install it as perebor/0.1.0 in a folder of MODULEPATH.

proc ModulesHelp { } {
    puts stderr "Parallel hyperparameter search whose answer is the same anywhere."
    puts stderr "'perebor --help' lists the commands, 'man perebor' says more."
}

module-whatis "Parallel hyperparameter search for classifiers of tabular data"

conflict perebor

# Where cmake --install put it, in lib64 where the system has that: then say so below.
set prefix /opt/perebor/0.1.0

prepend-path PATH            $prefix/bin
prepend-path MANPATH         $prefix/share/man
prepend-path LD_LIBRARY_PATH $prefix/lib
prepend-path PKG_CONFIG_PATH $prefix/lib/pkgconfig
prepend-path CMAKE_PREFIX_PATH $prefix
