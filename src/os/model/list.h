/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_OS_MODEL_LIST_H
#define VIGIL_OS_MODEL_LIST_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Circular lists whose links are part of what they hold, as order matters
 * everywhere in this kernel and a member must leave from the middle. A list is
 * a link of its own; a link that is in no list points to itself.
 */
typedef struct model_link {
    struct model_link *previous;
    struct model_link *next;
} model_link;

/* What holds `link` as its member `member`. */
#define MODEL_HOLDER(link, type, member) \
    ((type *)(void *)((char *)(void *)(link)-offsetof(type, member)))

static inline void model_list_init(model_link *list)
{
    list->previous = list;
    list->next = list;
}

static inline bool model_list_is_empty(const model_link *list)
{
    return list->next == list;
}

static inline bool model_link_is_in(const model_link *link)
{
    return link->next != link;
}

/* Puts `link`, which is in no list, before `place`: at the tail, if that is the
 * list itself. */
static inline void model_list_insert(model_link *place, model_link *link)
{
    link->previous = place->previous;
    link->next = place;
    place->previous->next = link;
    place->previous = link;
}

static inline void model_list_remove(model_link *link)
{
    link->previous->next = link->next;
    link->next->previous = link->previous;
    model_list_init(link);
}

/* Moves all of `from` behind the tail of `to`. */
static inline void model_list_move(model_link *to, model_link *from)
{
    while (!model_list_is_empty(from)) {
        model_link *first = from->next;
        model_list_remove(first);
        model_list_insert(to, first);
    }
}

#endif
