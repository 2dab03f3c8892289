#include "fields.h"

#include "check.h"

namespace fields {

namespace {

enum Wire { Varint = 0, Fixed64 = 1, Delimited = 2, Fixed32 = 5 };

std::string varint(uint64_t value) {
    std::string text;
    for (; value >= 0x80; value >>= 7)
        text += static_cast<char>(value | 0x80);
    return text + static_cast<char>(value);
}

uint64_t take_varint(const std::string &message, size_t &position) {
    uint64_t value = 0;
    for (unsigned shift = 0;; shift += 7) {
        CHECK(position < message.size());
        const auto byte = static_cast<uint8_t>(message[position++]);
        value |= static_cast<uint64_t>(byte & 0x7f) << shift;
        if (byte < 0x80)
            return value;
    }
}

} // namespace

std::string number(int field, uint64_t value) {
    return varint(static_cast<uint64_t>(field) << 3 | Varint) + varint(value);
}

std::string bytes(int field, const std::string &value) {
    return varint(static_cast<uint64_t>(field) << 3 | Delimited) + varint(value.size()) + value;
}

std::vector<std::string> all(const std::string &message, int field) {
    std::vector<std::string> values;
    for (size_t position = 0; position < message.size();) {
        const uint64_t tag = take_varint(message, position);
        std::string value;
        if ((tag & 7) == Varint) {
            value = std::to_string(take_varint(message, position));
        } else {
            const size_t size = (tag & 7) == Delimited ? take_varint(message, position) : (tag & 7) == Fixed64 ? 8 : 4;
            CHECK(size <= message.size() - position);
            value = message.substr(position, size);
            position += size;
        }
        if (tag >> 3 == static_cast<uint64_t>(field))
            values.push_back(value);
    }
    return values;
}

std::string get(std::string message, std::initializer_list<int> path) {
    for (const int field : path) {
        const std::vector<std::string> values = all(message, field);
        CHECK(values.size() <= 1);
        message = values.empty() ? "" : values.front();
    }
    return message;
}

} // namespace fields
