# SPDX-License-Identifier: MIT
"""Runs an ONNX model of the operators that perebor writes, with numpy: what the operators say, and nothing else."""
import numpy as np
import onnx
from onnx import numpy_helper

TYPES = {onnx.TensorProto.FLOAT: np.float32, onnx.TensorProto.DOUBLE: np.float64, onnx.TensorProto.INT64: np.int64}


def encode_labels(x, keys_strings, values_int64s, default_int64):
    numbers = dict(zip((key.decode() for key in keys_strings), values_int64s))
    return np.array([[numbers.get(text, default_int64) for text in row] for row in x], np.int64)


def walk_trees(x, a):
    """TreeEnsembleRegressor of one target: float, as the operator has it."""
    thresholds = numpy_helper.to_array(a["nodes_values_as_tensor"])
    assert thresholds.dtype == x.dtype
    places = {(tree, node): i for i, (tree, node) in enumerate(zip(a["nodes_treeids"], a["nodes_nodeids"]))}
    weights = dict(zip(zip(a["target_treeids"], a["target_nodeids"]),
                       numpy_helper.to_array(a["target_weights_as_tensor"])))
    total = np.zeros((len(x), 1), np.float32)
    for tree in sorted(set(a["nodes_treeids"])):
        children = {node for t, *pair in zip(a["nodes_treeids"], a["nodes_truenodeids"], a["nodes_falsenodeids"])
                    if t == tree for node in pair if node != 0}
        roots = [node for t, node in places if t == tree and node not in children]
        assert len(roots) == 1, f"tree {tree} has the roots {roots}"
        for row in range(len(x)):
            node = roots[0]
            while a["nodes_modes"][places[tree, node]] == b"BRANCH_LEQ":
                place = places[tree, node]
                low = x[row, a["nodes_featureids"][place]] <= thresholds[place]
                node = a["nodes_truenodeids" if low else "nodes_falsenodeids"][place]
            assert a["nodes_modes"][places[tree, node]] == b"LEAF"
            total[row] += np.float32(weights[tree, node])
    return total


def smallest(x, k, axis, largest, sorted):
    assert (axis, largest, sorted) == (1, 0, 1)
    places = np.argsort(x, axis=1, kind="stable")[:, :k[0]]
    return np.take_along_axis(x, places, axis=1), places


OPERATORS = {
    "Abs": np.abs, "Add": np.add, "Div": np.divide, "Equal": np.equal, "Exp": np.exp, "Floor": np.floor,
    "Less": np.less, "LessOrEqual": np.less_equal, "Min": np.minimum, "Log": np.log, "Round": np.round, "Identity": lambda x: x,
    "MatMul": np.matmul, "Max": np.maximum, "Mul": np.multiply, "Pow": np.power, "Sqrt": np.sqrt,
    "Sub": np.subtract, "Tanh": np.tanh, "Where": np.where, "TopK": smallest, "LabelEncoder": encode_labels,
    "Sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    "Cast": lambda x, to: x.astype(TYPES[to]),
    "Concat": lambda *x, axis: np.concatenate(x, axis),
    "Gather": lambda x, places, axis: np.take(x, places, axis),
    "ReduceMax": lambda x, axes, keepdims: x.max(axis=tuple(axes), keepdims=bool(keepdims)),
    "ReduceSum": lambda x, axes, keepdims: x.sum(axis=tuple(axes), keepdims=bool(keepdims)),
    "TreeEnsembleRegressor": lambda x, **attributes: walk_trees(x, attributes),
}


def run(model, inputs):
    """All outputs by name. @inputs: arrays by name."""
    values = dict(inputs)
    for constant in model.graph.initializer:
        values[constant.name] = numpy_helper.to_array(constant)
    for node in model.graph.node:
        attributes = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
        with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
            found = OPERATORS[node.op_type](*(values[name] for name in node.input), **attributes)
        values.update(zip(node.output, found if isinstance(found, tuple) else (found,)))
    return {output.name: values[output.name] for output in model.graph.output}
