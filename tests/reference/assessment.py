#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What `perebor assess` keeps and prints of the best trial's probabilities, against scikit-learn.

    assessment.py build/dev/perebor

Probabilities and labels are those that the file keeps; what follows from them is computed again."""
import pathlib
import re
import subprocess
import sys
import tempfile

try:
    import h5py
    import numpy as np
    from sklearn import metrics
    from sklearn.calibration import calibration_curve
except ImportError as error:
    print(f"skipped: {error}")
    sys.exit(77)

PEREBOR = pathlib.Path(sys.argv[1]).resolve()
EXPERIMENT = pathlib.Path(__file__).resolve().parents[2] / "experiments/flat_csv/experiment.yaml"
FP_COST, FN_COST, BUDGET = 2, 7, 60
failures = []


def check(name, ours, theirs, tolerance=1e-12):
    if not np.allclose(ours, theirs, rtol=0, atol=tolerance, equal_nan=True):
        failures.append(f"{name}: {ours} here, {theirs} by scikit-learn")


def curves(stage, y, p):
    """The calibration curve, the error expected of it, and Spiegelhalter's z, by its definition."""
    share, mean = calibration_curve(y, p, n_bins=10, strategy="quantile")
    n = stage["calibration/n"][:]
    check("mean_probability", stage["calibration/mean_probability"][:][n > 0], mean)
    check("positive_share", stage["calibration/positive_share"][:][n > 0], share)
    check("n", n.sum(), len(y))
    check("expected_calibration_error", stage.attrs["expected_calibration_error"],
          (n[n > 0] * abs(share - mean)).sum() / len(y))
    z = ((y - p) * (1 - 2 * p)).sum() / np.sqrt(((1 - 2 * p) ** 2 * p * (1 - p)).sum())
    check("spiegelhalter_z", stage.attrs["spiegelhalter_z"], z)


def best_thresholds(y, p):
    """By each rule, the threshold with the best figure; of equal ones the highest."""
    candidates = np.concatenate([[np.inf], np.unique(p)[::-1]])
    fpr, tpr, at = metrics.roc_curve(y, p, drop_intermediate=False)
    youden = at[np.argmax(tpr - fpr)]
    f1 = [metrics.f1_score(y, p >= t, zero_division=0) for t in candidates]
    cost = [FP_COST * ((p >= t) & (y == 0)).sum() + FN_COST * ((p < t) & (y == 1)).sum() for t in candidates]
    acted = np.array([(p >= t).sum() for t in candidates])
    return {"youden": youden, "f1": candidates[np.argmax(f1)], "cost": candidates[np.argmin(cost)],
            "budget": candidates[np.flatnonzero(acted <= BUDGET)[np.argmax(acted[acted <= BUDGET])]]}


def thresholds(stage, y, p):
    group = stage["thresholds"]
    best = best_thresholds(y, p)
    for i, rule in enumerate(group["rule"].asstr()[:]):
        cut = p >= group["threshold"][i]
        check(f"{rule} threshold", group["threshold"][i], best[rule])
        (tn, fp), (fn, tp) = metrics.confusion_matrix(y, cut)
        for name, n in {"true_positive": tp, "false_positive": fp, "true_negative": tn, "false_negative": fn}.items():
            check(f"{rule} {name}", group[name][i], n)
        for name, value in {"precision": metrics.precision_score(y, cut, zero_division=0),
                            "recall": metrics.recall_score(y, cut), "f1": metrics.f1_score(y, cut),
                            "specificity": metrics.recall_score(1 - y, ~cut), "cost": FP_COST * fp + FN_COST * fn}.items():
            check(f"{rule} {name}", group[name][i], value)


def gains(stage, y, p):
    """Tenths of the rows; those of one probability share their positives."""
    expected = np.array([y[p == value].mean() for value in p])[np.argsort(-p, kind="stable")]
    ends = (np.arange(11) * len(y)) // 10
    found = np.add.reduceat(expected, ends[:-1])
    check("gain", stage["gain/gain"][:], np.cumsum(found) / y.sum(), 1e-11)
    check("lift", stage["gain/lift"][:], found / np.diff(ends) / y.mean(), 1e-11)
    check("cumulative_lift", stage["gain/cumulative_lift"][:], np.cumsum(found) / ends[1:] / y.mean(), 1e-11)


def printed(text, stage):
    """Every figure on the screen is one of the file."""
    def numbers(pattern):
        found = re.search(pattern, text, re.M)
        if found is None:
            failures.append(f"nothing printed like {pattern}")
        return [] if found is None else [float("nan" if x == "-" else x) for x in found.group(1).split()]
    kept = stage.attrs
    for name, pattern in {"average_precision": r"precision +([\d.]+)  on average", "brier": r"Brier ([\d.]+)",
                          "log_loss": r"log loss ([\d.]+)", "expected_calibration_error": r"calibration error ([\d.]+)",
                          "naive": r"naive +([\d.]+)", "corrected": r"corrected +([\d.]+)"}.items():
        check(f"printed {name}", numbers(pattern), [kept[name]], 5e-5)
    check("printed z", numbers(r"Spiegelhalter z (-?[\d.]+)"), [kept["spiegelhalter_z"]], 5e-3)
    check("printed said", numbers(r"^  said +(.*)"), stage["calibration/mean_probability"][:], 5e-4)
    check("printed was", numbers(r"^  was +(.*)"), stage["calibration/positive_share"][:], 5e-4)
    check("printed gain", numbers(r"gain by tenths +(.*)"), stage["gain/gain"][:], 5e-3)
    check("printed lift", numbers(r"lift by tenths +(.*)"), stage["gain/lift"][:], 5e-3)
    rules = stage["thresholds"]
    for i, rule in enumerate(rules["rule"].asstr()[:]):
        tp, fp = rules["true_positive"][i], rules["false_positive"][i]
        check(f"printed {rule}", numbers(rf"^  {rule} +([\d. ]+)$"),
              [rules["threshold"][i], rules["precision"][i], rules["recall"][i], rules["f1"][i], tp + fp, tp, fp,
               rules["false_negative"][i], rules["true_negative"][i], rules["cost"][i]], 5e-5)


def main():
    with tempfile.TemporaryDirectory() as folder:
        file = f"{folder}/r.h5"
        subprocess.run([PEREBOR, "run", EXPERIMENT, "-o", file, "-q", "--trials", "40"], check=True)
        text = subprocess.run([PEREBOR, "assess", file, "--resamples", "50", "--cost", f"{FP_COST}:{FN_COST}",
                               "--budget", str(BUDGET)], check=True, stdout=subprocess.PIPE, text=True).stdout
        with h5py.File(file) as result:
            stage = result["predictions"]
            y, p = stage["target"][:].astype(int), stage["probability"][:]
            kept = stage.attrs
            check("pooled_auc", kept["pooled_auc"], metrics.roc_auc_score(y, p))
            check("average_precision", kept["average_precision"], metrics.average_precision_score(y, p))
            check("brier", kept["brier"], metrics.brier_score_loss(y, p))
            check("log_loss", kept["log_loss"], metrics.log_loss(y, p, eps=np.finfo(float).eps))
            curves(stage, y, p)
            thresholds(stage, y, p)
            gains(stage, y, p)
            printed(text, stage)
            print(f"{len(y)} rows, {len(np.unique(p))} probabilities")
    for failure in failures:
        print(failure)
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
