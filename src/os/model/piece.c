/* SPDX-License-Identifier: MIT */
#include "os/model/state.h"

#include <stdlib.h>
#include <string.h>

model_piece *model_new_piece(const void *data, size_t size, size_t room)
{
    model_piece *piece = malloc(sizeof *piece + (room > size ? room : size));
    if (piece == NULL) {
        return NULL;
    }
    *piece = (model_piece){.size = size};
    model_list_init(&piece->link);
    if (size > 0) {
        memcpy(piece->bytes, data, size);
    }
    return piece;
}

size_t model_take_bytes(model_piece *piece, void *data, size_t size)
{
    size_t left = piece->size - piece->start;
    size_t taken = size < left ? size : left;
    if (taken > 0) {
        memcpy(data, piece->bytes + piece->start, taken);
    }
    piece->start += taken;
    return taken;
}

void model_free_piece(model_piece *piece)
{
    model_list_remove(&piece->link);
    free(piece);
}

model_piece *model_first_piece(const model_link *queue)
{
    return MODEL_HOLDER(queue->next, model_piece, link);
}
