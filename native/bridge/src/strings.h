/* Strings of both std::string ABIs of libstdc++, built and read by their documented layouts. */
#pragma once

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <new>

#include "executor_bridge.h"
#include "mesos.h"

/* Both begin with a pointer to the characters. The length of a copy-on-write one stands 24 bytes before them. */
inline eb_bytes string_bytes(eb_string_abi abi, const mesos::String &string) {
    const void *const *words = reinterpret_cast<const void *const *>(&string);
    const auto *characters = static_cast<const uint8_t *>(words[0]);
    size_t length;
    if (abi == EB_STRING_ABI_CXX11)
        memcpy(&length, &words[1], sizeof length);
    else
        memcpy(&length, characters - 24, sizeof length);
    return {characters, length};
}

/* A string that libmesos may read and copy, never change or share. Throws std::bad_alloc. */
class StringFor {
  public:
    StringFor(eb_string_abi abi, eb_bytes bytes) {
        storage_ = static_cast<Header *>(malloc(sizeof(Header) + bytes.size + 1));
        if (!storage_)
            throw std::bad_alloc();
        *storage_ = {bytes.size, bytes.size, -1};
        char *characters = reinterpret_cast<char *>(storage_ + 1);
        if (bytes.size > 0)
            memcpy(characters, bytes.data, bytes.size);
        characters[bytes.size] = '\0';
        object_ = {characters, abi == EB_STRING_ABI_CXX11 ? bytes.size : 0, bytes.size, 0};
    }

    ~StringFor() { free(storage_); }
    StringFor(const StringFor &) = delete;
    StringFor &operator=(const StringFor &) = delete;

    const void *get() const { return &object_; }

  private:
    /* What a copy-on-write string keeps before its characters; a negative count forbids to share them. */
    struct Header {
        size_t length;
        size_t capacity;
        int32_t reference_count;
    };
    static_assert(sizeof(Header) == 24);

    /* A C++11 string; a copy-on-write one is its first member only. */
    struct Object {
        char *characters;
        size_t length;
        size_t capacity;
        size_t unused;
    };

    Header *storage_;
    Object object_;
};
