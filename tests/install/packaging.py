#!/usr/bin/env python3
"""The recipes of scripts/packaging, as far as they can be checked without their tools."""
import glob
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

source = pathlib.Path(__file__).resolve().parents[2]
folder = source / "scripts" / "packaging"
version = re.search(r"project\(perebor VERSION ([0-9.]+)", (source / "CMakeLists.txt").read_text()).group(1)
faults = []


def fault(path, what):
    faults.append(f"{path.relative_to(source)}: {what}")


def compiled(path):
    try:
        return compile(path.read_text(), str(path), "exec")
    except SyntaxError as error:
        fault(path, error)
        return None


def spack():
    path = folder / "spack" / "package.py"
    compiled(path)
    text = path.read_text()
    for word in re.findall(r"\b(CMakePackage|generator)\(", text):
        if not re.search(rf"^from spack_repo\.builtin\.build_systems\.cmake import .*\b{word}\b", text, re.MULTILINE):
            fault(path, f"does not import {word}, which Spack 1.0 has among build systems")
    for name in ("mpi", "hdf5", "sqlite", "libyaml", "nettle", "utf8proc", "zlib-api", "zstd"):
        if f'depends_on("{name}' not in text:
            fault(path, f"does not depend on {name}")


def easybuild():
    path = folder / "easybuild" / f"Perebor-{version}-gompi-2023a.eb"
    if not path.exists():
        fault(path, "there is none of this version")
        return
    code = compiled(path)
    if code is None:
        return
    names = {"SHLIB_EXT": "so"}
    exec(code, names)  # an easyconfig is Python that assigns parameters
    for name in ("easyblock", "name", "version", "homepage", "description", "toolchain", "moduleclass"):
        if not names.get(name):
            fault(path, f"no {name}")
    if names.get("version") != version:
        fault(path, f"version {names.get('version')}, not {version}")


def run(path, command, text):
    if shutil.which(command) is None:
        print(f"skipped: {path.name}: there is no {command}")
        return
    done = subprocess.run([command, "-"] if command.startswith("lua") else [command], input=text, text=True, capture_output=True)
    if done.returncode != 0 or done.stderr:
        fault(path, done.stderr.strip() or f"ends with {done.returncode}")
    elif "PATH /opt/perebor" not in done.stdout or f"{version}" not in done.stdout:
        fault(path, f"does not put the program into PATH: {done.stdout}")


def load(path, command, name):
    """Loads the module by the real tool, where it is installed: Environment Modules and Lmod exclude each other in Debian."""
    if command is None:
        print(f"skipped: {path.name}: the tool that loads it is not installed")
        return
    with tempfile.TemporaryDirectory() as folder:
        os.mkdir(os.path.join(folder, "perebor"))
        shutil.copy(path, os.path.join(folder, "perebor", name))
        done = subprocess.run([*command, "bash", "load", "perebor"], text=True, capture_output=True,
                              env={"PATH": os.environ["PATH"], "HOME": folder, "MODULEPATH": folder})
    if not re.search(r"\bPATH=\"?/opt/perebor/", done.stdout):
        fault(path, f"{command[-1]} does not load it: {done.stdout}{done.stderr}")


def tcl():
    path = folder / "modulefiles" / "perebor.tcl"
    stubs = "".join(f"proc {name} {{args}} {{}}\n" for name in ("module-whatis", "conflict"))
    run(path, "tclsh", stubs + "proc prepend-path {name value} {puts \"$name $value\"}\n" + path.read_text())
    if not path.read_text().startswith("#%Module"):
        fault(path, "does not begin with #%Module")
    scripts = glob.glob("/usr/lib/*/modulecmd.tcl")
    load(path, ["tclsh", scripts[0]] if scripts and shutil.which("tclsh") else None, version)


def lua():
    path = folder / "modulefiles" / "perebor.lua"
    stubs = (
        "for _, name in ipairs{'help', 'whatis', 'conflict'} do _G[name] = function() end end\n"
        "function pathJoin(a, b) return a .. '/' .. b end\n"
        "function prepend_path(name, value) print(name .. ' ' .. value) end\n"
    )
    run(path, "lua5.4" if shutil.which("lua5.4") else "lua", stubs + path.read_text())
    lmod = "/usr/share/lmod/lmod/libexec/lmod"
    load(path, [lmod] if os.path.exists(lmod) else None, f"{version}.lua")


def conda():
    path = folder / "conda" / "meta.yaml"
    try:
        import jinja2
        import yaml
    except ImportError as error:
        print(f"skipped: meta.yaml: {error}")
        return
    text = "\n".join(line for line in path.read_text().splitlines())
    rendered = jinja2.Template(text).render(compiler=lambda of: f"compiler_{of}", stdlib=lambda of: f"stdlib_{of}")
    recipe = yaml.safe_load(rendered)
    if str(recipe["package"]["version"]) != version:
        fault(path, f"version {recipe['package']['version']}, not {version}")
    host = {word.split()[0] for word in recipe["requirements"]["host"]}
    missing = {"mpich", "hdf5", "libsqlite", "yaml", "nettle", "utf8proc", "zlib", "zstd"} - host
    if missing:
        fault(path, f"host lacks {sorted(missing)}")
    checked = subprocess.run(["sh", "-n", folder / "conda" / "build.sh"], capture_output=True, text=True)
    if checked.returncode != 0:
        fault(folder / "conda" / "build.sh", checked.stderr)


def apptainer():
    path = folder / "apptainer" / "perebor.def"
    known = {"files", "post", "test", "runscript", "help", "environment", "labels", "setup", "startscript"}
    text = path.read_text()
    for section in re.findall(r"^%(\w+)", text, re.MULTILINE):
        if section not in known:
            fault(path, f"there is no section %{section}")
    if not text.startswith("Bootstrap: docker\nFrom: "):
        fault(path, "has no header")


for check in (spack, easybuild, tcl, lua, conda, apptainer):
    check()
print("\n".join(faults) or "no fault was found")
sys.exit(bool(faults))
