# A man page from help texts. Variables: program, version, date, summary. Input: the help of the program, then, each
# after a line "@ NAME", that of its commands.
function plain(text) {
    gsub(/\\/, "\\e", text)
    gsub(/-/, "\\-", text)
    return text ~ /^[.']/ ? "\\&" text : text
}

BEGIN {
    printf ".TH %s 1 %s \"%s %s\"\n.SH NAME\n%s \\- %s\n.SH DESCRIPTION\n", toupper(program), date, program, version, program, summary
}

/^@ / { command = 1; print ".SH " toupper(program) " " toupper(substr($0, 3)); next }
/^Description:$/ { prose = 1; next }
/^$/ { print ".PP"; next }
/^[A-Z][^.]*:$/ { prose = 0; sub(/:$/, ""); print (command ? ".SS " : ".SH ") (command ? "" : toupper(plain($0))) (command ? plain($0) : ""); next }

prose { sub(/^ +/, ""); print plain($0); next }

# Two blanks, then a name, and what it means behind it or deeper on the next lines.
/^  [^ ]/ {
    sub(/^  /, "")
    split($0, parts, /  +/)
    print ".TP\n\\fB" plain(parts[1]) "\\fR"
    if (parts[2] != "") print plain(parts[2])
    next
}

{ indented = sub(/^ +/, ""); print plain($0); if (indented) print ".br" }

END { printf ".SH SEE ALSO\n%s(1), and the documents in /usr/share/doc/mesos\\-task\\-executor\n", program == "executor" ? "executorctl" : "executor" }
