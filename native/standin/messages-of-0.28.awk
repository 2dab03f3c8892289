# Leaves of a .proto what Mesos 0.28 had: drops the fields and values whose comment names a 1.x release, and the messages
# and enumerations that have nothing left.

function emit(text, has_content) {
    if (depth == 0) printf "%s", text
    else { block[depth] = block[depth] text; kept[depth] += has_content }
}

/\/\/ 1\.[0-9]/ { next }
/\{$/ { depth++; block[depth] = $0 "\n"; kept[depth] = 0; next }
/^ *\}$/ {
    text = block[depth] $0 "\n"
    full = kept[depth] > 0
    depth--
    if (full) emit(text, 1)
    next
}
{ emit($0 "\n", / = [0-9]+/) }
