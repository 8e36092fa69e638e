#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Writes preparations.csv: digests of what scikit-learn's transformers make of generated tables.

Run with scikit-learn 1.2.1, numpy 1.24.2 and pandas. The tables are generated from a seed, here and
in the tests alike, so that only digests need to be kept: of the training and of the validation part
after imputing, encoding and scaling, every value as the little-endian bits of value + 0.0; and of
the columns that SelectKBest keeps, for every k.
"""
import hashlib
import os
import warnings

import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.feature_selection import SelectKBest, f_classif
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import (MaxAbsScaler, MinMaxScaler, OneHotEncoder, OrdinalEncoder,
                                   RobustScaler, StandardScaler)

MASK = (1 << 64) - 1
N_NUMERIC = 10
NOMINAL_LEVELS = (2, 3, 7)


class Xorshift:
    def __init__(self, seed):
        self.state = seed

    def next(self):
        s = self.state
        s ^= (s << 13) & MASK
        s ^= s >> 7
        s ^= (s << 17) & MASK
        self.state = s
        return s


def numeric_value(column, bits):
    """Of several kinds: counts, money, tiny, skewed, constant, nearly constant."""
    unit = (bits >> 11) * 2.0**-53
    return (float(bits % 20), float(bits % 700001) / 100.0, unit * 1e-7 - 5e-8, unit * unit * unit,
            0.1, 1e9 + float(bits % 3), unit - 0.5, float(bits % 5) - 2.0,
            float(bits % 100) / 10.0, unit * 1e12)[column]


def generate(seed, n_rows, gaps_of_1000):
    random = Xorshift(seed)

    def gap():
        return random.next() % 1000 < gaps_of_1000

    labels = np.empty(n_rows, int)
    numeric = np.empty((n_rows, N_NUMERIC))
    ordered = np.empty((n_rows, 2))  # an ordinal of four levels, a boolean
    nominal = np.empty((n_rows, len(NOMINAL_LEVELS)))
    for row in range(n_rows):
        labels[row] = random.next() % 1000 < 380
        for column in range(N_NUMERIC):
            value = numeric_value(column, random.next())
            # Some columns tell something of the label.
            value = value + value * 0.125 if labels[row] and column % 3 == 0 else value
            numeric[row, column] = np.nan if gap() else value
        for column, levels in enumerate((4, 2)):
            value = random.next() % levels
            ordered[row, column] = np.nan if gap() else value
        for column, levels in enumerate(NOMINAL_LEVELS):
            # The last levels are rare, so that training rows may miss them.
            value = min(random.next() % (3 * levels), random.next() % (3 * levels)) % levels
            nominal[row, column] = np.nan if gap() else value
    training = np.array([random.next() % 5 != 0 for _ in range(n_rows)])
    return labels, numeric, ordered, nominal, training


def frame(values, prefix):
    return pd.DataFrame({f"{prefix}{i}": values[:, i] for i in range(values.shape[1])})


def texts(values):
    """Levels as text that sorts as the numbers do; gaps as None."""
    out = np.full(values.shape, None, object)
    for index, value in np.ndenumerate(values):
        if not np.isnan(value):
            out[index] = f"level{int(value)}"
    return pd.DataFrame(out, columns=[f"c{i}" for i in range(values.shape[1])])


def digest(matrix):
    matrix = np.ascontiguousarray((np.asarray(matrix, float) + 0.0).T)
    h = hashlib.sha256()
    h.update(matrix.shape[1].to_bytes(8, "little") + matrix.shape[0].to_bytes(8, "little"))
    h.update(matrix.astype("<f8").tobytes())
    return h.hexdigest()[:16]


def digest_selections(scores_of):
    h = hashlib.sha256()
    for support in scores_of:
        h.update(bytes(support.astype(np.uint8)))
    return h.hexdigest()[:16]


SCALERS = {"none": lambda: "passthrough", "standard": StandardScaler, "minmax": MinMaxScaler,
           "robust": RobustScaler, "maxabs": MaxAbsScaler}
ENCODERS = {
    "onehot": lambda: OneHotEncoder(handle_unknown="ignore", sparse_output=False),
    "onehot_first": lambda: OneHotEncoder(drop="first", handle_unknown="ignore",
                                          sparse_output=False),
    "ordinal": lambda: OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1),
}


def f_values(unscaled, scaled, labels):
    """scikit-learn's F, but where its sums of squares are rounding: about the mean where they cancel,
    undefined where imputed values differ by their own rounding only."""
    f = f_classif(scaled, labels)[0]
    squares = (scaled ** 2).sum(axis=0)
    cancels = ~(squares - scaled.sum(axis=0) ** 2 / len(scaled) > 1e-6 * squares)
    f[cancels] = f_classif(scaled - scaled.mean(axis=0), labels)[0][cancels]
    spread = unscaled.max(axis=0) - unscaled.min(axis=0)
    f[spread <= 4 * np.finfo(float).eps * np.abs(unscaled).max(axis=0)] = np.nan
    return f


def main():
    warnings.simplefilter("ignore")
    choose = np.random.RandomState(7)
    lines = ["row_seed,n_rows,gaps_of_1000,impute_numeric,impute_nominal,encode,scale,"
             "n_columns,training,validation,selected"]
    cases = [(i, e, s) for i in ("mean", "median", "most_frequent", "constant") for e in ENCODERS
             for s in SCALERS] * 3
    for number, (imputer, encoder, scaler) in enumerate(cases):
        n_rows = int(choose.choice([12, 40, 97, 200, 333, 650, 1300, 2100]))
        gaps = int(choose.choice([0, 0, 30, 150]))
        seed = number + 1
        labels, numeric, ordered, nominal, training = generate(seed, n_rows, gaps)
        numeric, ordered, nominal = frame(numeric, "n"), frame(ordered, "o"), texts(nominal)
        if len(set(labels[training])) < 2:
            continue
        constant_nominal = number % 4 == 3
        fill = dict(strategy="constant", fill_value=-1.5)
        if constant_nominal:
            ordered_imputer = SimpleImputer(**fill)
            # "missing" sorts after every level.
            nominal_imputer = SimpleImputer(missing_values=None, strategy="constant",
                                            fill_value="missing")
        else:
            ordered_imputer = SimpleImputer(strategy="most_frequent")
            nominal_imputer = SimpleImputer(missing_values=None, strategy="most_frequent")
        numeric_imputer = SimpleImputer(**fill) if imputer == "constant" else SimpleImputer(
            strategy=imputer)
        table = pd.concat([numeric, ordered, nominal], axis=1)
        prepare = ColumnTransformer([
            ("numeric", Pipeline([("impute", numeric_imputer), ("scale", SCALERS[scaler]())]),
             list(numeric.columns)),
            ("ordered", ordered_imputer, list(ordered.columns)),
            ("nominal", Pipeline([("impute", nominal_imputer), ("encode", ENCODERS[encoder]())]),
             list(nominal.columns)),
        ], sparse_threshold=0)
        fitted = prepare.fit_transform(table[training])
        validated = prepare.transform(table[~training])
        unscaled = fitted.copy()
        unscaled[:, :N_NUMERIC] = numeric_imputer.fit_transform(numeric[training])
        f = f_values(unscaled, fitted, labels[training])
        supports = [SelectKBest(lambda *_: f, k=k).fit(fitted, labels[training]).get_support()
                    for k in range(1, fitted.shape[1] + 1)]
        lines.append(",".join(str(v) for v in (
            seed, n_rows, gaps, imputer, "constant" if constant_nominal else "most_frequent",
            encoder, scaler, fitted.shape[1], digest(fitted), digest(validated),
            digest_selections(supports))))
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "preparations.csv")
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")


main()
