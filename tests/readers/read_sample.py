#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""read_sample.py READER FILE: opens the sample result with one reader and checks what it sees."""
import importlib
import json
import os
import shutil
import subprocess
import sys
import warnings

HERE = os.path.dirname(os.path.abspath(__file__))
N_TRIALS, N_FOLDS = 200, 5
STATES = "RUNNING COMPLETE PRUNED FAIL WAITING"


def skip(why):
    print(f"skipped: {why}")
    sys.exit(77)


def need(module):
    try:
        return importlib.import_module(module)
    except ImportError:
        skip(f"{module} is not installed")


def check_table(table):
    """The columns of a DataFrame against one another."""
    splits = table[[f"split{i}_test_score" for i in range(N_FOLDS)]].to_numpy()
    complete = (table["state"] == 1).to_numpy()
    means = table["mean_test_score"].to_numpy()
    assert list(table["trial"]) == list(range(N_TRIALS))
    assert 0 < complete.sum() < N_TRIALS
    assert abs(splits[complete].mean(axis=1) - means[complete]).max() < 1e-15
    assert abs(splits[complete].std(axis=1) - table["std_test_score"][complete]).max() < 1e-15
    assert (means[complete] != means[complete]).sum() == 0
    assert (means[~complete] == means[~complete]).sum() == 0
    ranks = table["mean_test_score"].rank(method="min", ascending=False)
    assert (ranks[complete] == table["rank_test_score"][complete]).all()
    assert (table["rank_test_score"][~complete] == complete.sum() + 1).all()
    for params, model, c in zip(table["params"], table["param_model"], table["param_logreg__C"]):
        params = json.loads(params)
        assert params["model"] == model
        assert params.get("logreg__C", None) == (c if c == c else None)
    assert set(table["error"]) == {"", "не сошлось: fold 2 has one class"}


def text(value):
    return value.decode() if isinstance(value, bytes) else value


def read_h5py(path):
    """Also computes the digest by docs/reference/digest.md from what is in the file."""
    h5py = need("h5py")
    sys.path.insert(0, os.path.join(HERE, "..", "golden", "trial"))
    import hashlib

    import make_trials

    with h5py.File(path, "r") as file:
        assert file.attrs["format"] == "perebor" and file.attrs["title"] == "Кто купит меньше?"
        assert text(file["experiment/config"][()]).startswith("version: 1\nname: проба")
        assert int(file["experiment"].attrs["seed"]) == 2**64 - 2
        assert file["folds/test_fold"].shape == (1, 12)
        assert text(file["data/rows/id"][8]) == "ё"
        trials = file["trials"]
        assert trials["split_test_score"].dims[1][0].name == "/trials/split"
        ones = []
        for i in range(N_TRIALS):
            ones.append(
                make_trials.digest_one(
                    int(trials["trial"][i]),
                    json.loads(trials["params"][i]),
                    int(trials["state"][i]),
                    [float(score) for score in trials["split_test_score"][i]],
                )
            )
            assert ones[i].hex() == text(trials["digest"][i])
        assert hashlib.sha256(b"".join(ones)).hexdigest() == trials.attrs["digest"]


def read_xarray(path, engine):
    xarray = need("xarray")
    need({"netcdf4": "netCDF4", "h5netcdf": "h5netcdf"}[engine])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # NaT of trials that have not begun
        with xarray.open_dataset(path, group="trials", engine=engine) as data:
            data = data.load()
    assert dict(data.sizes) == {"trial": N_TRIALS, "split": N_FOLDS}
    assert data["split_test_score"].dims == ("trial", "split")
    assert data["state"].attrs["flag_meanings"] == STATES
    assert data["datetime_start"].dtype.kind == "M"
    assert data["duration"].dtype.kind == "f"
    table = data.drop_dims("split").to_dataframe().reset_index()
    for split in range(N_FOLDS):
        table[f"split{split}_test_score"] = data["split_test_score"].sel(split=split).values
    check_table(table)
    booleans = set(data["param_logreg__fit_intercept"].values[~data["param_logreg__C"].isnull()])
    assert booleans == {0.0, 1.0}


def read_pandas(path):
    pandas = need("pandas")
    need("tables")
    check_table(pandas.read_hdf(path, "/tables/trials"))


def read_h5dump(path):
    if shutil.which("h5dump") is None:
        skip("h5dump is not installed")
    out = subprocess.run(["h5dump", path], capture_output=True, check=True).stdout.decode()
    for name in ("split_test_score", "param_tree__max_features", "DIMENSION_LIST", "flag_meanings"):
        assert name in out, name
    assert "log_uniform_values" in out


R_SCRIPT = """
if (!requireNamespace("rhdf5", quietly = TRUE)) quit(status = 77)
trials <- rhdf5::h5read(commandArgs(TRUE)[1], "trials")
stopifnot(length(trials$trial) == 200, all(dim(trials$split_test_score) == c(5, 200)))
complete <- trials$state == 1
means <- colMeans(trials$split_test_score)[complete]
stopifnot(max(abs(means - trials$mean_test_score[complete])) < 1e-15)
stopifnot(grepl("model", trials$params[1]))
"""


def read_rhdf5(path):
    if shutil.which("Rscript") is None:
        skip("R is not installed")
    status = subprocess.run(["Rscript", "-e", R_SCRIPT, path], check=False).returncode
    if status == 77:
        skip("rhdf5 is not installed")
    assert status == 0


reader, sample = sys.argv[1:]
if reader in ("netcdf4", "h5netcdf"):
    read_xarray(sample, reader)
else:
    globals()[f"read_{reader}"](sample)
