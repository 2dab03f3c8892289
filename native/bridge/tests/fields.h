/*
 * Protobuf by hand. The test program must not link the messages: the library under test brings them, and one process
 * cannot register the same ones twice.
 */
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace fields {

std::string number(int field, uint64_t value);
std::string bytes(int field, const std::string &value);

/* FrameworkID and its like: a message with one string. */
inline std::string id(const std::string &value) { return bytes(1, value); }

/* Every value of a field; a number as its decimal text. */
std::vector<std::string> all(const std::string &message, int field);

/* The one value at the end of a path of fields; empty where it is not there. */
std::string get(std::string message, std::initializer_list<int> path);

} // namespace fields
