// SPDX-License-Identifier: MIT
#include "onnx_reader.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static uint64_t read_varint(wire_view *view) {
    uint64_t value = 0;
    for (unsigned shift = 0;; shift += 7) {
        assert_true(view->left > 0 && shift < 70);
        uint8_t byte = *view->at++;
        view->left--;
        assert_true(shift < 63 || byte < 2); // no more than 64 bits
        value |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80) {
            assert_true(byte != 0 || shift == 0); // the shortest encoding
            return value;
        }
    }
}

bool wire_next(wire_view *view, wire_field *field) {
    if (view->left == 0) {
        return false;
    }
    uint64_t tag = read_varint(view);
    *field = (wire_field){.number = (unsigned)(tag >> 3), .is_bytes = (tag & 7) == 2};
    uint64_t value = read_varint(view);
    assert_true(field->number > 0);
    if (!field->is_bytes) {
        assert_int_equal(tag & 7, 0);
        field->integer = value;
        return true;
    }
    assert_true(value <= view->left);
    field->bytes = (wire_view){view->at, (size_t)value};
    view->at += value;
    view->left -= (size_t)value;
    return true;
}

static void *take(perebor_workspace *workspace, size_t n, size_t size) {
    void *room = perebor_workspace_take_zeroed(workspace, n + 1, size);
    assert_non_null(room);
    return room;
}

const char *read_text(perebor_workspace *workspace, wire_view bytes) {
    char *text = take(workspace, bytes.left + 1, 1);
    if (bytes.left > 0) {
        memcpy(text, bytes.at, bytes.left);
    }
    assert_int_equal(strlen(text), bytes.left);
    return text;
}

static size_t count_fields(wire_view message, unsigned number) {
    wire_field field;
    size_t n = 0;
    while (wire_next(&message, &field)) {
        n += field.number == number;
    }
    return n;
}

/** Little-endian words of eight bytes. */
static void read_raw(perebor_workspace *workspace, read_tensor *tensor, wire_view raw) {
    tensor->n = raw.left / 8;
    tensor->reals = take(workspace, tensor->n, sizeof(double));
    tensor->integers = take(workspace, tensor->n, sizeof(int64_t));
    assert_int_equal(raw.left % 8, 0);
    for (size_t i = 0; i < tensor->n; i++) {
        uint64_t bits = 0;
        for (size_t k = 0; k < 8; k++) {
            bits |= (uint64_t)raw.at[8 * i + k] << 8 * k;
        }
        memcpy(&tensor->reals[i], &bits, sizeof bits);
        tensor->integers[i] = (int64_t)bits;
    }
}

/** TensorProto: dims = 1, data_type = 2, name = 8, raw_data = 9. */
static read_tensor read_tensor_message(perebor_workspace *workspace, wire_view message) {
    read_tensor tensor = {.name = ""};
    int64_t n = 1;
    wire_field field;
    while (wire_next(&message, &field)) {
        switch (field.number) {
        case 1:
            assert_true(tensor.n_dimensions < READ_MOST_DIMENSIONS);
            tensor.dimensions[tensor.n_dimensions++] = (int64_t)field.integer;
            n *= (int64_t)field.integer;
            break;
        case 2:
            tensor.type = (int64_t)field.integer;
            break;
        case 8:
            tensor.name = read_text(workspace, field.bytes);
            break;
        case 9:
            read_raw(workspace, &tensor, field.bytes);
            break;
        default:
            fail_msg("TensorProto has no field %u here", field.number);
        }
    }
    assert_true(tensor.type == 7 || tensor.type == 11);
    assert_int_equal(tensor.n, n);
    return tensor;
}

/** AttributeProto: name = 1, i = 3, t = 5, ints = 8, strings = 9, type = 20. */
static read_attribute read_attribute_message(perebor_workspace *workspace, wire_view message) {
    read_attribute attribute = {.name = ""};
    size_t most = count_fields(message, 8) + count_fields(message, 9);
    wire_field field;
    attribute.integers = take(workspace, most, sizeof(int64_t));
    attribute.texts = take(workspace, most, sizeof(char *));
    while (wire_next(&message, &field)) {
        switch (field.number) {
        case 1:
            attribute.name = read_text(workspace, field.bytes);
            break;
        case 3:
            attribute.integer = (int64_t)field.integer;
            break;
        case 5:
            attribute.tensor = read_tensor_message(workspace, field.bytes);
            break;
        case 8:
            attribute.integers[attribute.n++] = (int64_t)field.integer;
            break;
        case 9:
            attribute.texts[attribute.n++] = read_text(workspace, field.bytes);
            break;
        case 20:
            attribute.type = (int64_t)field.integer;
            break;
        default:
            fail_msg("AttributeProto has no field %u here", field.number);
        }
    }
    return attribute;
}

/** NodeProto: input = 1, output = 2, op_type = 4, attribute = 5, domain = 7. */
static read_node read_node_message(perebor_workspace *workspace, wire_view message) {
    read_node node = {.operator= "", .domain = ""};
    wire_field field;
    while (wire_next(&message, &field)) {
        assert_true(field.is_bytes);
        switch (field.number) {
        case 1:
            assert_true(node.n_inputs < READ_MOST_INPUTS);
            node.inputs[node.n_inputs++] = read_text(workspace, field.bytes);
            break;
        case 2:
            assert_true(node.n_outputs < 2);
            node.outputs[node.n_outputs++] = read_text(workspace, field.bytes);
            break;
        case 4:
            node.operator= read_text(workspace, field.bytes);
            break;
        case 5:
            assert_true(node.n_attributes < READ_MOST_ATTRIBUTES);
            node.attributes[node.n_attributes++] = read_attribute_message(workspace, field.bytes);
            break;
        case 7:
            node.domain = read_text(workspace, field.bytes);
            break;
        default:
            fail_msg("NodeProto has no field %u here", field.number);
        }
    }
    return node;
}

/** The one field of a message, which has that number and nothing beside it. */
static wire_view only(wire_view message, unsigned number) {
    wire_field field;
    assert_true(wire_next(&message, &field) && field.is_bytes && message.left == 0);
    assert_int_equal(field.number, number);
    return field.bytes;
}

/** ValueInfoProto: name = 1, type = 2; TypeProto: tensor_type = 1; Tensor: elem_type = 1, shape =
 * 2; TensorShapeProto: dim = 1; Dimension: dim_value = 1, dim_param = 2. */
static read_port read_port_message(perebor_workspace *workspace, wire_view message) {
    read_port port = {0};
    wire_field name, type, element, shape, rows, columns, one;
    assert_true(wire_next(&message, &name) && wire_next(&message, &type) && message.left == 0);
    assert_true(name.number == 1 && type.number == 2);
    wire_view tensor = only(type.bytes, 1);
    assert_true(wire_next(&tensor, &element) && wire_next(&tensor, &shape) && tensor.left == 0);
    assert_true(element.number == 1 && !element.is_bytes && shape.number == 2);
    assert_true(wire_next(&shape.bytes, &rows) && wire_next(&shape.bytes, &columns));
    assert_true(rows.number == 1 && columns.number == 1 && shape.bytes.left == 0);
    assert_string_equal(read_text(workspace, only(rows.bytes, 2)), "rows");
    assert_true(wire_next(&columns.bytes, &one) && columns.bytes.left == 0);
    assert_true(one.number == 1 && !one.is_bytes && one.integer == 1);
    port.name = read_text(workspace, name.bytes);
    port.type = (int64_t)element.integer;
    return port;
}

void read_graph_message(read_graph *graph, wire_view message) {
    wire_field field;
    *graph = (read_graph){.name = ""};
    perebor_workspace *workspace = &graph->workspace;
    graph->nodes = take(workspace, count_fields(message, 1), sizeof *graph->nodes);
    graph->constants = take(workspace, count_fields(message, 5), sizeof *graph->constants);
    graph->inputs = take(workspace, count_fields(message, 11), sizeof *graph->inputs);
    graph->outputs = take(workspace, count_fields(message, 12), sizeof *graph->outputs);
    while (wire_next(&message, &field)) {
        assert_true(field.is_bytes);
        switch (field.number) {
        case 1:
            graph->nodes[graph->n_nodes++] = read_node_message(workspace, field.bytes);
            break;
        case 2:
            graph->name = read_text(workspace, field.bytes);
            break;
        case 5:
            graph->constants[graph->n_constants++] = read_tensor_message(workspace, field.bytes);
            break;
        case 11:
            graph->inputs[graph->n_inputs++] = read_port_message(workspace, field.bytes);
            break;
        case 12:
            graph->outputs[graph->n_outputs++] = read_port_message(workspace, field.bytes);
            break;
        default:
            fail_msg("GraphProto has no field %u here", field.number);
        }
    }
}

void read_graph_release(read_graph *graph) {
    perebor_workspace_release(&graph->workspace);
    *graph = (read_graph){0};
}

const read_tensor *read_constant(const read_graph *graph, const char *name) {
    for (size_t i = 0; i < graph->n_constants; i++) {
        if (strcmp(graph->constants[i].name, name) == 0) {
            return &graph->constants[i];
        }
    }
    return NULL;
}

const read_attribute *read_attribute_of(const read_node *node, const char *name, int64_t type) {
    const read_attribute *found = NULL;
    for (size_t i = 0; i < node->n_attributes; i++) {
        if (strcmp(node->attributes[i].name, name) == 0) {
            assert_null(found);
            found = &node->attributes[i];
        }
    }
    if (found == NULL) {
        fail_msg("%s has no %s", node->operator, name);
    } else {
        assert_int_equal(found->type, type);
    }
    return found;
}
