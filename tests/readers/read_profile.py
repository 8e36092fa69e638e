#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""read_profile.py READER FILE.h5 FILE.json: opens a profile with one reader and checks that it says
what the same profile says as JSON, and that its parts agree with each other."""
import importlib
import json
import shutil
import subprocess
import sys

GROUPS = ("all", "negative", "positive")
MATRICES = ("pearson", "spearman", "phik", "phik_z", "cramers_v", "mutual_information")
FIGURES = MATRICES + (
    "auc", "mann_whitney_u", "mann_whitney_p", "p_adjusted", "welch_t", "welch_p", "anova_f", "anova_p", "chi2", "chi2_p", "ks_d",
    "vif", "global_phik",
)  # fmt: skip
STAGES = "read clean joined final".split()


def skip(why):
    print(f"skipped: {why}")
    sys.exit(77)


def need(module):
    try:
        return importlib.import_module(module)
    except ImportError:
        skip(f"{module} is not installed")


def same(stored, said):
    """Equal to the last bit; null in JSON is NaN or an infinity."""
    return stored == said if said is not None else stored - stored != 0


def text(value):
    return value.decode() if isinstance(value, bytes) else value


def check_columns(open_group, profile):
    """Every figure of every group, through a function that gives a group's datasets by name."""
    features = open_group("features")
    columns = profile["columns"]
    assert [text(name) for name in features["feature"]] == [column["name"] for column in columns]
    for figure in FIGURES:
        for stored, column in zip(features[figure], columns):
            assert same(stored, column[figure]), (figure, column["name"], stored, column[figure])
    numeric = [column for column in columns if column["role"] == "numeric"]
    for name in GROUPS:
        group = open_group("numeric/" + name)
        assert [text(one) for one in group["feature"]] == [column["name"] for column in numeric]
        for i, column in enumerate(numeric):
            said = column[name]
            for key in ("n", "mean", "sd", "minimum", "maximum", "skewness", "excess_kurtosis"):
                assert same(group[key][i], said[key]), (name, key, column["name"])
            for key in ("quantiles", "histogram", "density"):
                assert len(group[key][i]) == len(said[key])
                assert all(same(*pair) for pair in zip(group[key][i], said[key])), (name, key)
            assert group["histogram"][i].sum() == said["n"]
            edges, points = group["histogram_edges"][i], group["density_at"][i]
            assert len(edges) == 31 and len(points) == 128
            assert edges[0] == points[0] == column["lower"] and points[-1] == column["upper"]
            assert edges[-1] == column["bins_to"] >= column["upper"]
            area = (group["density"][i][1:] + group["density"][i][:-1]).sum() * (points[1] - points[0]) / 2
            assert 0.7 < area < 1.02, (column["name"], area)  # tails lie beyond the ends
    levels = open_group("levels")
    said = [
        (column["name"], level, *(column[name]["level_counts"][i] for name in GROUPS))
        for column in columns
        for i, level in enumerate(column["levels"])
    ]
    stored = zip(*(levels[key] for key in ("feature", "level", "n_all", "n_negative", "n_positive")))
    assert [(text(a), text(b), *map(int, n)) for a, b, *n in stored] == said


def check_findings(kinds, stages, steps, profile):
    said = profile["quality"]["findings"]
    assert len(said) > 5
    assert [text(kind) for kind in kinds] == [finding["kind"] for finding in said]
    assert [STAGES[int(stage)] for stage in stages] == [finding["stage"] for finding in said]
    if steps is not None:
        assert [text(step) for step in steps] == [finding["step"] for finding in said]


def check_corrections(group, quality):
    corrections, corrected = group["corrections"], group["corrected"]
    assert corrections.attrs["n_corrected"] == quality["n_corrected"] == len(corrected["line"])
    said = quality["corrections"]
    for key in ("step", "table", "column", "file", "before", "after"):
        assert [text(value) for value in corrections[key]] == [one[key] for one in said]
    places = [(i, line) for i, one in enumerate(said) for line in one["lines"]]
    assert list(zip(corrected["correction"], corrected["line"])) == places


def read_h5py(path, profile):
    h5py = need("h5py")
    with h5py.File(path, "r") as file:
        assert file.attrs["format"] == "perebor-profile" and file.attrs["format_version"] == "1.0"
        check_columns(lambda name: {key: file[name][key][()] for key in file[name]}, profile)
        target = file["target"].attrs
        assert (target["n_rows"], target["n_positive"]) == (profile["target"]["n_rows"], profile["target"]["n_positive"])
        for name in MATRICES:
            matrix = file["matrices"][name]
            assert matrix.dims[0][0].name == "/matrices/row" and matrix.dims[1][0].name == "/matrices/column"
            assert matrix.attrs["long_name"] and matrix.attrs["units"]
            for stored, said in zip(matrix[()], profile["matrices"][name]):
                assert all(same(*pair) for pair in zip(stored, said)), name
        findings = file["quality/findings"]
        check_findings(findings["kind"], findings["stage"], findings["step"], profile)
        rows = file["quality/finding_ids"]
        said = [(i, one) for i, finding in enumerate(profile["quality"]["findings"]) for one in finding["ids"]]
        assert len(said) >= 11
        assert [(int(i), text(one)) for i, one in zip(rows["finding"], rows["id"])] == said
        check_corrections(file["quality"], profile["quality"])
        assert len(file["leaks/kind"]) == len(profile["leaks"])


def read_xarray(path, profile, engine):
    xarray = need("xarray")
    need({"netcdf4": "netCDF4", "h5netcdf": "h5netcdf"}[engine])

    def open_group(name):
        with xarray.open_dataset(path, group=name, engine=engine) as data:
            return data.load()

    check_columns(lambda name: {key: value.values for key, value in open_group(name).variables.items()}, profile)
    matrices = open_group("matrices")
    target = profile["target"]["name"]
    assert matrices["phik"].dims == ("row", "column")
    for column in profile["columns"]:
        assert float(matrices["phik"].sel(row=column["name"], column=target)) == column["phik"]
    features = open_group("features")
    assert features["role"].attrs["flag_meanings"] == "numeric ordinal boolean nominal"
    assert features["mutual_information"].attrs["units"] == "nat"
    findings = open_group("quality/findings")
    check_findings(findings["kind"].values, findings["stage"].values, findings["step"].values, profile)


def read_netcdf4(path, profile):
    read_xarray(path, profile, "netcdf4")


def read_h5netcdf(path, profile):
    read_xarray(path, profile, "h5netcdf")


def read_pandas(path, profile):
    pandas = need("pandas")
    need("tables")
    features = pandas.read_hdf(path, "/tables/features").set_index("feature")
    for column in profile["columns"]:
        for figure in FIGURES:
            assert same(features.loc[column["name"], figure], column[figure])
        assert features.loc[column["name"], "strength"] == column["strength"]
    findings = pandas.read_hdf(path, "/tables/findings")
    check_findings(findings["kind"], findings["stage"], None, profile)


def read_h5dump(path, profile):
    if shutil.which("h5dump") is None:
        skip("h5dump is not installed")
    out = subprocess.run(["h5dump", path], capture_output=True, check=True).stdout.decode()
    for name in ("histogram_edges", "mutual_information", "DIMENSION_LIST", "long_name", "near_spelling"):
        assert name in out, name


R_SCRIPT = """
if (!requireNamespace("rhdf5", quietly = TRUE)) quit(status = 77)
path <- commandArgs(TRUE)[1]
features <- rhdf5::h5read(path, "features")
phik <- rhdf5::h5read(path, "matrices/phik")
n <- length(features$feature)
stopifnot(all(dim(phik) == n + 1), max(abs(phik - t(phik))) == 0)
stopifnot(all(phik[1:n, n + 1] == features$phik))
all_rows <- rhdf5::h5read(path, "numeric/all")
stopifnot(all(colSums(all_rows$histogram) == all_rows$n))
"""


def read_rhdf5(path, profile):
    if shutil.which("Rscript") is None:
        skip("R is not installed")
    status = subprocess.run(["Rscript", "-e", R_SCRIPT, path], check=False).returncode
    if status == 77:
        skip("rhdf5 is not installed")
    assert status == 0


def main():
    reader, path, json_path = sys.argv[1:]
    with open(json_path, encoding="utf-8") as file:
        profile = json.load(file)
    globals()["read_" + reader](path, profile)


main()
