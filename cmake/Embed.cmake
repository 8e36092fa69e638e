# cmake -D INPUT=page.html -D OUTPUT=page_template.c -P Embed.cmake: a file as an array of bytes.
file(READ ${INPUT} hex HEX)
string(LENGTH "${hex}" digits)
math(EXPR size "${digits} / 2")
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "'\\\\x\\1'," bytes "${hex}")
string(REPLACE "'\\x0a'," "'\\x0a',\n" bytes "${bytes}") # a line for each of its lines
file(WRITE ${OUTPUT}
"// Made by cmake/Embed.cmake.
#include \"render/page_template.h\"

const size_t render_page_size = ${size};
const char render_page[] = {
${bytes}'\\0'};
")
