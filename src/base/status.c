/* SPDX-License-Identifier: MIT */
#include "base/status.h"

#define NAME_ROW(name, value, errno_code, windows_code, text) \
    case VIGIL_##name:                                        \
        return "VIGIL_" #name;
#define NAME_OWN(name, value, text) NAME_ROW(name, value, none, none, text)
const char *vigil_status_name(vigil_status status)
{
    switch (status) {
    case VIGIL_OK:
        return "VIGIL_OK";
        VIGIL_STATUS_TABLE(NAME_ROW, NAME_OWN)
    }
    return "VIGIL_?";
}

#define TEXT_ROW(name, value, errno_code, windows_code, text) \
    case VIGIL_##name:                                        \
        return text;
#define TEXT_OWN(name, value, text) TEXT_ROW(name, value, none, none, text)
const char *vigil_status_text(vigil_status status)
{
    switch (status) {
    case VIGIL_OK:
        return "success";
        VIGIL_STATUS_TABLE(TEXT_ROW, TEXT_OWN)
    }
    return "no status of Vigil";
}
