# SPDX-License-Identifier: MIT
"""What is measured on every shape: perebor's learner with settings, and what people would take instead.

scikit-learn gets what its ColumnTransformer makes of the table: sparse where fewer than three values in ten are not zero, written out
else. It has its default tolerance, with 1000 iterations at most. Its SVC is LIBSVM with a Python call around it, and its solver
"liblinear" is LIBLINEAR."""
import ctypes
import os
import resource
import time
import warnings

import scipy.sparse
from sklearn.ensemble import ExtraTreesClassifier, HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier

warnings.filterwarnings("ignore")

BY_COLUMN = (DecisionTreeClassifier, RandomForestClassifier, ExtraTreesClassifier)  # their fit() wants compressed columns
DENSE_ONLY = (HistGradientBoostingClassifier, GaussianNB)  # refuse what is sparse; writing it out is not counted
MOST_VALUES = 100_000_000  # of a table that is written out for these
SPARSE_BELOW = 0.3  # ColumnTransformer's sparse_threshold: the share of values that are not zero

LOGREG = {"penalty": "l2", "C": 1.0, "l1_ratio": 0.5, "intercept": "free", "class_weight": None}
KNN = {"n_neighbors": 20, "weights": "uniform", "metric": "minkowski", "p": 2.0}
TREE = {"criterion": "gini", "max_depth": None, "min_samples_split": 2, "min_samples_leaf": 1, "max_features": None, "ccp_alpha": 0.0,
        "class_weight": None, "random_state": None}
SVM = {"kernel": "rbf", "C": 1.0, "gamma": "scale", "degree": 3, "coef0": 0.0, "class_weight": None, "max_iter": None}


FOREST = {"n_estimators": 100, "criterion": "gini", "max_depth": None, "min_samples_split": 2, "min_samples_leaf": 1,
          "max_features": None, "splitter": "best", "bootstrap": True, "max_samples": None, "class_weight": None, "ccp_alpha": 0.0,
          "random_state": 0}
BOOST = {"n_estimators": 100, "learning_rate": 0.1, "max_leaf_nodes": 31, "max_depth": None, "min_samples_leaf": 20,
         "min_child_weight": 0.001, "reg_alpha": 0.0, "reg_lambda": 0.0, "gamma": 0.0, "subsample": 1.0, "colsample_bytree": 1.0,
         "max_bins": 255, "class_weight": None, "random_state": 0}
GNB = {"var_smoothing": 1e-9, "priors": None}


class Contest:
    """A learner with its settings, in the order that it declares them, and its peers.

    @param growth  Exponent of rows by which the peer's time grows at most: what is too long to be measured is left out by it."""

    def __init__(self, learner, settings, peers, growth):
        self.learner, self.settings, self.peers, self.growth = learner, settings, peers, growth


def logistic(solver, **settings):
    return lambda: LogisticRegression(solver=solver, max_iter=1000, random_state=42, **settings)


CONTESTS = {
    "logreg l2": Contest("logreg", LOGREG, {"scikit-learn": logistic("lbfgs"), "LIBLINEAR": logistic("liblinear")}, 1.3),
    "logreg l1": Contest("logreg", {**LOGREG, "penalty": "l1"}, {"LIBLINEAR": logistic("liblinear", penalty="l1")}, 1.3),
    "logreg elasticnet": Contest("logreg", {**LOGREG, "penalty": "elasticnet"},
                                 {"scikit-learn": logistic("saga", penalty="elasticnet", l1_ratio=0.5)}, 1.3),
    "knn": Contest("knn", KNN, {"scikit-learn": lambda: KNeighborsClassifier(n_neighbors=20)}, 2.0),
    "tree": Contest("tree", TREE, {"scikit-learn": lambda: DecisionTreeClassifier(random_state=0)}, 1.3),
    "forest": Contest("forest", FOREST, {"scikit-learn": lambda: RandomForestClassifier(random_state=0)}, 1.3),
    "extra trees": Contest("forest", {**FOREST, "splitter": "random", "bootstrap": False},
                           {"scikit-learn": lambda: ExtraTreesClassifier(random_state=0)}, 1.3),
    "boost": Contest("boost", BOOST, {"scikit-learn": lambda: HistGradientBoostingClassifier(early_stopping=False)}, 1.2),
    "gnb": Contest("gnb", GNB, {"scikit-learn": GaussianNB}, 1.1),
    "svc rbf": Contest("svc", SVM, {"LIBSVM": lambda: SVC(cache_size=200)}, 2.2),
    "svc linear": Contest("svc", {**SVM, "kernel": "linear"}, {"LIBSVM": lambda: SVC(kernel="linear", cache_size=200)}, 2.2),
}


def encoded(table):
    """(training rows, validation rows) as scikit-learn's ColumnTransformer hands them on."""
    X, V = table.sparse()
    if scipy.sparse.issparse(X) and X.nnz >= SPARSE_BELOW * X.shape[0] * X.shape[1]:
        return X.toarray(), V.toarray()
    return X, V


def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def fit_and_score(make, X, y, V):
    start = time.process_time()
    model = make().fit(X, y)
    model.decision_function(V) if hasattr(model, "decision_function") else model.predict_proba(V)
    return time.process_time() - start


def is_too_large(name, shape):
    """Whether a peer of this contest refuses what is sparse, and the training rows would be too many values written out."""
    n_rows, n_columns, n_levels, _ = shape
    n_rows = 2 * n_rows // 3
    seen = n_levels * (1.0 - (1.0 - 1.0 / n_levels) ** n_rows) if n_levels > 0 else 0.0  # expected
    return isinstance(list(CONTESTS[name].peers.values())[0](), DENSE_ONLY) and n_rows * (n_columns + seen) > MOST_VALUES


def measure_child(make, X, y, V, enough):
    """What the child answers: a first run warms up, and counts only if it is long."""
    before = peak()
    seconds = fit_and_score(make, X, y, V)
    memory = peak() - before
    if seconds < enough:
        n = max(1, min(200, round(enough / max(seconds, 1e-4))))
        seconds = sum(fit_and_score(make, X, y, V) for _ in range(n)) / n
    return f"{seconds} {memory}"


def measure(make, table, enough, limit):
    """(CPU seconds of a run, KiB that the peer took beside the table) in a process of its own, or None: longer than @p limit.

    @param enough  CPU seconds that short runs are repeated for."""
    X, V = encoded(table)
    if isinstance(make(), BY_COLUMN) and scipy.sparse.issparse(X):
        X = X.tocsc()
    if isinstance(make(), DENSE_ONLY) and scipy.sparse.issparse(X):
        if X.shape[0] * X.shape[1] > MOST_VALUES:
            return None
        X, V = X.toarray(), V.toarray()
    ctypes.CDLL(None).malloc_trim(0)  # what encoding left free would be taken again, and not be seen
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        resource.setrlimit(resource.RLIMIT_CPU, (int(limit) + 1, int(limit) + 1))  # ends the child
        os.write(writer, measure_child(make, X, table.y, V, enough).encode())
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as stream:
        answer = stream.read().split()
    os.waitpid(child, 0)
    return (float(answer[0]), float(answer[1])) if answer else None
