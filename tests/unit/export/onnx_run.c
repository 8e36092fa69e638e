// SPDX-License-Identifier: MIT
#include "onnx_run.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/** The one row of a value: of a list its elements, of a matrix all of them. */
typedef struct slot {
    const char *name;
    const double *values; /**< [n] */
    size_t n;
    const char *text;            /**< Of an input of texts. */
    const read_tensor *constant; /**< Of a constant. */
} slot;

typedef struct machine {
    perebor_workspace workspace;
    slot *slots;
    size_t n_slots;
} machine;

static const slot *find(const machine *on, const char *name) {
    const slot *found = NULL;
    for (size_t i = 0; i < on->n_slots; i++) {
        found = strcmp(on->slots[i].name, name) == 0 ? &on->slots[i] : found;
    }
    if (found == NULL) {
        fail_msg("%s is used before it is made", name);
    }
    return found;
}

static void store(machine *on, slot value) {
    for (size_t i = 0; i < on->n_slots; i++) {
        assert_string_not_equal(on->slots[i].name, value.name);
    }
    on->slots[on->n_slots++] = value;
}

static double *take(machine *on, size_t n) {
    double *values = perebor_workspace_take_zeroed(&on->workspace, n + 1, sizeof *values);
    assert_non_null(values);
    return values;
}

static void store_constants(machine *on, const read_graph *graph) {
    for (size_t i = 0; i < graph->n_constants; i++) {
        const read_tensor *tensor = &graph->constants[i];
        double *values = take(on, tensor->n);
        for (size_t k = 0; k < tensor->n; k++) {
            values[k] = tensor->type == 7 ? (double)tensor->integers[k] : tensor->reals[k];
        }
        store(on, (slot){tensor->name, values, tensor->n, NULL, tensor});
    }
}

static void store_inputs(machine *on, const read_graph *graph, const run_input *inputs, size_t n) {
    for (size_t i = 0; i < graph->n_inputs; i++) {
        size_t k = 0;
        while (k < n && strcmp(inputs[k].name, graph->inputs[i].name) != 0) {
            k++;
        }
        assert_true(k < n);
        assert_int_equal(graph->inputs[i].type, inputs[k].text != NULL ? 8 : 11);
        store(on, (slot){inputs[k].name, &inputs[k].number, 1, inputs[k].text, NULL});
    }
}

static double max_of(double a, double b) {
    return a > b ? a : b;
}

static double min_of(double a, double b) {
    return a < b ? a : b;
}

static double binary(const char *name, double a, double b) {
    static const char *const names[] = {"Add", "Sub", "Mul",   "Div",  "Pow",
                                        "Max", "Min", "Equal", "Less", "LessOrEqual"};
    const double results[] = {a + b,        a - b,        a * b,  a / b, pow(a, b),
                              max_of(a, b), min_of(a, b), a == b, a < b, a <= b};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(names[i], name) == 0) {
            return results[i];
        }
    }
    fail_msg("no operator %s", name);
    return 0.0;
}

static double unary(const char *name, double a) {
    static const char *const names[] = {"Abs",  "Exp",     "Log",   "Sqrt", "Identity",
                                        "Tanh", "Sigmoid", "Round", "Floor"};
    const double results[] = {fabs(a), exp(a),  log(a), sqrt(a), a, tanh(a), 1.0 / (1.0 + exp(-a)),
                              rint(a), floor(a)};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(names[i], name) == 0) {
            return results[i];
        }
    }
    fail_msg("no operator %s", name);
    return 0.0;
}

/** The element of a value of one element or of n. */
static double at(const slot *value, size_t i, size_t n) {
    assert_true(value->n == 1 || value->n == n);
    return value->values[value->n == 1 ? 0 : i];
}

static size_t longest(const slot *const *in, size_t n) {
    size_t most = 1;
    for (size_t i = 0; i < n; i++) {
        most = in[i]->n > most ? in[i]->n : most;
    }
    return most;
}

/** Unary, binary, Where. */
static size_t run_elements(const read_node *node, const slot *const *in, double *out) {
    size_t n = longest(in, node->n_inputs);
    for (size_t i = 0; i < n; i++) {
        double a = at(in[0], i, n);
        if (node->n_inputs == 1) {
            out[i] = unary(node->operator, a);
        } else if (node->n_inputs == 2) {
            out[i] = binary(node->operator, a, at(in[1], i, n));
        } else {
            assert_string_equal(node->operator, "Where");
            out[i] = a != 0.0 ? at(in[1], i, n) : at(in[2], i, n);
        }
    }
    return n;
}

static size_t run_cast(const read_node *node, const slot *const *in, double *out) {
    int64_t to = read_attribute_of(node, "to", 2)->integer;
    assert_true(to == 1 || to == 7 || to == 11);
    for (size_t i = 0; i < in[0]->n; i++) {
        double value = in[0]->values[i];
        out[i] = to == 1 ? (double)(float)value : to == 7 ? trunc(value) : value;
    }
    return in[0]->n;
}

/** Indexes columns by a list, or a list by the one number of the row or several. */
static size_t run_gather(const read_node *node, const slot *const *in, double *out) {
    int64_t axis = read_attribute_of(node, "axis", 2)->integer;
    bool list = in[0]->constant != NULL && in[0]->constant->n_dimensions == 1;
    assert_int_equal(axis, list ? 0 : 1);
    for (size_t i = 0; i < in[1]->n; i++) {
        double index = in[1]->values[i];
        assert_true(index >= 0.0 && index < (double)in[0]->n && index == floor(index));
        out[i] = in[0]->values[(size_t)index];
    }
    return in[1]->n;
}

static size_t run_concat(const read_node *node, const slot *const *in, double *out) {
    size_t n = 0;
    assert_int_equal(read_attribute_of(node, "axis", 2)->integer, 1);
    for (size_t i = 0; i < node->n_inputs; i++) {
        memcpy(out + n, in[i]->values, in[i]->n * sizeof *out);
        n += in[i]->n;
    }
    return n;
}

static size_t run_product(const read_node *node, const slot *const *in, double *out) {
    const read_tensor *matrix = in[1]->constant;
    (void)node;
    assert_true(matrix != NULL && matrix->n_dimensions == 2);
    assert_int_equal(matrix->dimensions[0], in[0]->n);
    size_t n = (size_t)matrix->dimensions[1];
    for (size_t i = 0; i < matrix->n; i++) {
        out[i % n] += in[0]->values[i / n] * matrix->reals[i];
    }
    return n;
}

static size_t run_sum(const read_node *node, const slot *const *in, double *out) {
    assert_int_equal(read_attribute_of(node, "keepdims", 2)->integer, 1);
    assert_true(in[1]->n == 1 && in[1]->values[0] == 1.0);
    for (size_t i = 0; i < in[0]->n; i++) {
        out[0] += in[0]->values[i];
    }
    return 1;
}

static size_t run_max(const read_node *node, const slot *const *in, double *out) {
    const read_attribute *axes = read_attribute_of(node, "axes", 7);
    assert_int_equal(read_attribute_of(node, "keepdims", 2)->integer, 1);
    assert_true(axes->n == 1 && axes->integers[0] == 1);
    out[0] = in[0]->values[0];
    for (size_t i = 1; i < in[0]->n; i++) {
        out[0] = max_of(out[0], in[0]->values[i]);
    }
    return 1;
}

/** The k smallest, the sooner of equal ones first, then their places. */
static size_t run_nearest(const read_node *node, const slot *const *in, double *out) {
    size_t k = (size_t)in[1]->values[0];
    bool *taken = (bool *)(out + 2 * k);
    assert_int_equal(read_attribute_of(node, "axis", 2)->integer, 1);
    assert_int_equal(read_attribute_of(node, "largest", 2)->integer, 0);
    assert_int_equal(read_attribute_of(node, "sorted", 2)->integer, 1);
    assert_true(k <= in[0]->n);
    for (size_t i = 0; i < k; i++) {
        size_t least = SIZE_MAX;
        for (size_t point = 0; point < in[0]->n; point++) {
            if (!taken[point] &&
                (least == SIZE_MAX || in[0]->values[point] < in[0]->values[least])) {
                least = point;
            }
        }
        taken[least] = true;
        out[i] = in[0]->values[least];
        out[k + i] = (double)least;
    }
    return k;
}

static size_t run_levels(const read_node *node, const slot *const *in, double *out) {
    const read_attribute *keys = read_attribute_of(node, "keys_strings", 8);
    const read_attribute *numbers = read_attribute_of(node, "values_int64s", 7);
    assert_int_equal(keys->n, numbers->n);
    assert_non_null(in[0]->text);
    out[0] = (double)read_attribute_of(node, "default_int64", 2)->integer;
    for (size_t i = keys->n; i > 0; i--) {
        out[0] = strcmp(keys->texts[i - 1], in[0]->text) == 0 ? (double)numbers->integers[i - 1]
                                                              : out[0];
    }
    return 1;
}

static size_t find_integer(const read_attribute *list, int64_t wanted) {
    size_t i = 0;
    while (i < list->n && list->integers[i] != wanted) {
        i++;
    }
    assert_true(i < list->n);
    return i;
}

/** One tree of one target. */
static size_t run_tree(const read_node *node, const slot *const *in, double *out) {
    const read_attribute *ids = read_attribute_of(node, "nodes_nodeids", 7);
    const read_attribute *modes = read_attribute_of(node, "nodes_modes", 8);
    const read_attribute *features = read_attribute_of(node, "nodes_featureids", 7);
    const read_attribute *yes = read_attribute_of(node, "nodes_truenodeids", 7);
    const read_attribute *no = read_attribute_of(node, "nodes_falsenodeids", 7);
    const read_tensor *bounds = &read_attribute_of(node, "nodes_values_as_tensor", 4)->tensor;
    const read_tensor *weights = &read_attribute_of(node, "target_weights_as_tensor", 4)->tensor;
    size_t i = find_integer(ids, 0);
    while (strcmp(modes->texts[i], "BRANCH_LEQ") == 0) {
        bool left = in[0]->values[features->integers[i]] <= bounds->reals[i];
        i = find_integer(ids, left ? yes->integers[i] : no->integers[i]);
    }
    assert_string_equal(modes->texts[i], "LEAF");
    out[0] =
        weights
            ->reals[find_integer(read_attribute_of(node, "target_nodeids", 7), ids->integers[i])];
    return 1;
}

static const struct {
    const char *name, *domain;
    size_t (*run)(const read_node *node, const slot *const *in, double *out);
} operators[] = {
    {"Cast", "", run_cast},
    {"Gather", "", run_gather},
    {"Concat", "", run_concat},
    {"MatMul", "", run_product},
    {"ReduceSum", "", run_sum},
    {"ReduceMax", "", run_max},
    {"TopK", "", run_nearest},
    {"LabelEncoder", "ai.onnx.ml", run_levels},
    {"TreeEnsembleRegressor", "ai.onnx.ml", run_tree},
};

static void run_node(machine *on, const read_node *node) {
    const slot *in[READ_MOST_INPUTS];
    size_t i = 0, room = 0, n_operators = sizeof operators / sizeof operators[0];
    for (size_t k = 0; k < node->n_inputs; k++) {
        in[k] = find(on, node->inputs[k]);
        room += 3 * in[k]->n + (in[k]->constant != NULL ? in[k]->constant->n : 0) + 8;
    }
    double *out = take(on, room);
    while (i < n_operators && strcmp(operators[i].name, node->operator) != 0) {
        i++;
    }
    assert_string_equal(node->domain, i < n_operators ? operators[i].domain : "");
    size_t n = i < n_operators ? operators[i].run(node, in, out) : run_elements(node, in, out);
    for (size_t k = 0; k < node->n_outputs; k++) {
        store(on, (slot){.name = node->outputs[k], .values = out + k * n, .n = n});
    }
}

double run_graph(const read_graph *graph, const run_input *inputs, size_t n_inputs,
                 const char *output) {
    machine on = {{0}, NULL, 0};
    size_t most = graph->n_constants + graph->n_inputs + 2 * graph->n_nodes;
    on.slots = perebor_workspace_take_zeroed(&on.workspace, most + 1, sizeof *on.slots);
    assert_non_null(on.slots);
    store_constants(&on, graph);
    store_inputs(&on, graph, inputs, n_inputs);
    for (size_t i = 0; i < graph->n_nodes; i++) {
        run_node(&on, &graph->nodes[i]);
    }
    const slot *result = find(&on, output);
    assert_int_equal(result->n, 1);
    double value = result->values[0];
    perebor_workspace_release(&on.workspace);
    return value;
}
