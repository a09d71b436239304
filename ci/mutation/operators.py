# SPDX-License-Identifier: MIT
"""What a mutant does to the code: each operator yields (first token, last token,
text in their place, name) for every place in a part where it applies."""
import pathlib
import re

from mutation.source import CLOSING, OPENING, is_binary, partner

RELATIONS = {"<": "<=", "<=": "<", ">": ">=", ">=": ">", "==": "!=", "!=": "=="}
JUNCTIONS = {"&&": "||", "||": "&&"}
ARITHMETIC = {"+": "-", "-": "+", "*": "/", "/": "*", "%": "/",
              "+=": "-=", "-=": "+=", "*=": "/=", "/=": "*="}
STEPS = {"++": "--", "--": "++"}
BITS = {"&": "|", "|": "&", "<<": ">>", ">>": "<<", "&=": "|=", "|=": "&="}

# One for the other, both ways: what a hand confuses, and what the seam's
# contracts must tell apart.
CONFUSED = [
    ("vigil_selector_add", "vigil_selector_modify"),
    ("vigil_os_epoll_add", "vigil_os_epoll_modify"),
    ("vigil_os_receive", "vigil_os_peek"),
    ("vigil_os_local_address", "vigil_os_peer_address"),
    ("vigil_socket_local_address", "vigil_socket_peer_address"),
    ("vigil_os_mutex_lock", "vigil_os_mutex_unlock"),
    ("vigil_slots_take", "vigil_slots_release"),
    ("check_registered", "check_unregistered"),
    ("encode_ipv4", "encode_ipv6"), ("decode_ipv4", "decode_ipv6"),
    ("put_host", "put_network"), ("get_host", "get_network"),
    ("VIGIL_READABLE", "VIGIL_WRITABLE"), ("VIGIL_LEVEL", "VIGIL_ONESHOT"),
    ("VIGIL_EPOLLIN", "VIGIL_EPOLLOUT"), ("VIGIL_EPOLLRDHUP", "VIGIL_EPOLLHUP"),
    ("VIGIL_EPOLLET", "VIGIL_EPOLLONESHOT"), ("VIGIL_EPOLLPRI", "VIGIL_EPOLLERR"),
    ("VIGIL_FAMILY_IPV4", "VIGIL_FAMILY_IPV6"),
    ("VIGIL_OS_AF_INET", "VIGIL_OS_AF_INET6"),
    ("VIGIL_OS_TTL_IPV4", "VIGIL_OS_TTL_IPV6"),
    ("VIGIL_OS_KEEPALIVE_IDLE", "VIGIL_OS_KEEPALIVE_INTERVAL"),
    ("VIGIL_OS_KEEPALIVE_COUNT", "VIGIL_OS_KEEPALIVE"),
    ("VIGIL_OS_NODELAY", "VIGIL_OS_REUSE_ADDRESS"),
    ("VIGIL_FOREVER_NS", "FINITE_NS_MAX"), ("NS_PER_MS", "NS_PER_US"),
    ("VIGIL_WAKE_SLEEP", "VIGIL_WAKE_RUN"),
    ("true", "false"),
]
SWAPS = {**dict(CONFUSED), **{b: a for a, b in CONFUSED}}
# One way only.
SWAPS.update({"vigil_selector_remove": "vigil_selector_modify",
              "vigil_os_epoll_remove": "vigil_os_epoll_modify"})
# A call that takes other arguments than its counterpart brings those too.
ARGUMENTS_ADDED = {"vigil_selector_remove": ", 0, 0", "vigil_os_epoll_remove": ", 0, 0"}

STATUSES = {"VIGIL_OK"} | {f"VIGIL_{name}" for name in re.findall(
    r"\b(?:ROW|OWN)\((E\w+),", pathlib.Path("src/base/status_table.h").read_text())}
NO_CALLS = {"if", "while", "for", "switch", "return", "sizeof", "vigil_assert", "_Static_assert",
            "UINT32_C", "UINT64_C", "INT64_C"}
NO_STATEMENTS = {"if", "else", "while", "for", "do", "switch", "case", "default", "return",
                 "break", "goto", "const", "static", "struct", "bool", "char", "int",
                 "unsigned", "size_t", "_Static_assert", "vigil_assert"}
NUMBER = re.compile(r"(0[xX])?([0-9a-fA-F]+?)([uUlL]*)")


def within_assertion(part):
    """The indices of what is asserted: a weaker assertion that holds is no defect."""
    inside = set()
    for i, token in enumerate(part.tokens):
        if token.text == "vigil_assert":
            inside |= set(range(i, partner(part.tokens, i + 1) + 1))
    return inside


def signs(part):
    tables = ((RELATIONS, "relation"), (JUNCTIONS, "and, or"), (STEPS, "arithmetic"))
    unsure = ((ARITHMETIC, "arithmetic"), (BITS, "bits"))
    for i, token in enumerate(part.tokens):
        if token.kind != "sign":
            continue
        for table, name in tables:
            if token.text in table:
                yield i, i, table[token.text], name
        for table, name in unsure:
            if token.text in table and (len(token.text) > 1 or is_binary(part.tokens, i)):
                yield i, i, table[token.text], name
        if token.text == "%" and is_binary(part.tokens, i):
            yield i, i, "*", "arithmetic"
        if token.text == "~":
            yield i, i, "", "bits"
        if token.text == "!" and part.tokens[i - 1].text != ")":
            yield i, i, "", "negation"


def constants(part):
    for i, token in enumerate(part.tokens):
        match = NUMBER.fullmatch(token.text) if token.kind == "number" else None
        if match is None:
            continue
        value = int(match[2], 16 if match[1] else 10)
        for other in [value + 1] + [value - 1] * (value > 0):
            digits = f"0x{other:x}" if match[1] else str(other)
            yield i, i, digits + match[3], "constant"


def names(part):
    in_case = False
    for i, token in enumerate(part.tokens):
        in_case = token.text == "case" or (in_case and token.text != ":")
        if in_case:  # another name there makes two cases of one value
            continue
        if token.text in STATUSES:
            yield i, i, "VIGIL_EUNKNOWN" if token.text == "VIGIL_OK" else "VIGIL_OK", "status"
            if token.text != "VIGIL_OK" and part.tokens[i - 1].text == "return":
                other = "VIGIL_EBADF" if token.text != "VIGIL_EBADF" else "VIGIL_EINVAL"
                yield i, i, other, "status"
        elif token.text in ARGUMENTS_ADDED:
            end = partner(part.tokens, i + 1)
            yield i, end, (SWAPS[token.text], end, ARGUMENTS_ADDED[token.text]), "call"
        elif token.text in SWAPS:
            yield i, i, SWAPS[token.text], "call"


def plain_comparison(condition):
    """Whether turning one sign around is the negation already."""
    texts = [token.text for token in condition]
    return (("==" in texts or "!=" in texts) and not set(texts) & set(JUNCTIONS)
            or texts[0] == "!" and not set(texts) & set(JUNCTIONS))


def conditions(part):
    for i, token in enumerate(part.tokens):
        if token.text in ("if", "while"):
            first, last = i + 2, partner(part.tokens, i + 1) - 1
        elif token.text == "?":
            first, last = before_question(part.tokens, i), i - 1
        else:
            continue
        if not plain_comparison(part.tokens[first:last + 1]):
            yield first, last, ("!(", last + 1, ")"), "negation"


def before_question(found, index):
    """Where the condition of the `?` at `index` begins."""
    depth, i = 0, index - 1
    while i >= 0:
        text = found[i].text
        depth += text in CLOSING
        depth -= text in OPENING
        if depth < 0 or (depth == 0 and text in ("=", "return", ",", "?", ":", ";")):
            break
        i -= 1
    return i + 1


def returns(part):
    for i, token in enumerate(part.tokens):
        if token.text != "return" or part.tokens[i + 1].text == ";":
            continue
        last = i + 1
        while part.tokens[last + 1].text != ";":
            last += 1
        value = part.tokens[i + 1:last + 1]
        if "vigil_status" in part.result and not (len(value) == 1 and value[0].text in STATUSES):
            yield i + 1, last, "VIGIL_OK", "result"
        elif "bool" in part.result and len(value) > 1 and not plain_comparison(value):
            yield i + 1, last, ("!(", last + 1, ")"), "result"


def statements(part):
    """Assignments, steps, calls and `continue`, each left out."""
    depth, first = 0, 0
    for i, token in enumerate(part.tokens):
        depth += token.text in ("(", "[")
        depth -= token.text in (")", "]")
        if token.text in ("{", "}") or (token.text == ":" and not depth):
            first = i + 1
        elif token.text == ";" and depth == 0:
            if removable(part.tokens[first:i]):
                yield first, i - 1, "", "statement left out"
            first = i + 1


def removable(statement):
    if not statement or statement[0].text in NO_STATEMENTS:
        return False
    texts = [token.text for token in statement]
    declares = statement[0].kind == "word" and len(statement) > 1 and (
        statement[1].kind == "word" or (texts[1] == "*" and statement[2].kind == "word"))
    does = any(text.endswith("=") and text not in RELATIONS for text in texts)
    return not declares and (does or "(" in texts or texts == ["continue"]
                             or "++" in texts or "--" in texts)


def arguments(part):
    """Two neighbours in a call, exchanged."""
    for i, token in enumerate(part.tokens[:-1]):
        called = token.kind == "word" and part.tokens[i + 1].text == "("
        if not called or token.text in NO_CALLS:
            continue
        found = split(part.tokens, i + 2, partner(part.tokens, i + 1))
        for (a, b), (c, d) in zip(found, found[1:]):
            yield a, d, ((a, b), (c, d)), "arguments exchanged"


def split(found, first, end):
    """(first, last) of each argument between the brackets."""
    depth, pairs, begin = 0, [], first
    for i in range(first, end + 1):
        depth += found[i].text in OPENING
        depth -= found[i].text in CLOSING and i < end
        if (found[i].text == "," and depth == 0) or i == end:
            if i > begin:
                pairs.append((begin, i - 1))
            begin = i + 1
    return pairs


OPERATORS = [signs, constants, names, conditions, returns, statements, arguments]
MACRO_OPERATORS = [signs, constants]
