/* What is given to eb_library_open, and what is told of it. */
#include <climits>
#include <cstring>
#include <elf.h>
#include <fstream>

#include "life.h"
#include "scenario.h"

namespace {

struct Opened {
    eb_result result;
    eb_library *library = nullptr;
    std::string error;
};

Opened open_library(const std::string &path) {
    Opened opened;
    char error[500] = "";
    opened.result = eb_library_open(path.c_str(), &opened.library, error, sizeof error);
    never_freed(opened.library);
    opened.error = error;
    return opened;
}

/* Refused with this result, and an error that names the file. */
void refused(const std::string &path, eb_result expected) {
    const Opened opened = open_library(path);
    if (opened.result != expected)
        fprintf(stderr, "%s: result %d: %s\n", path.c_str(), opened.result, opened.error.c_str());
    CHECK(opened.result == expected);
    CHECK(!opened.library);
    CHECK(opened.error.find(path) != std::string::npos);
}

void refused_content(const std::string &content, eb_result expected) {
    char path[] = "/tmp/bridge-test.XXXXXX";
    const int descriptor = mkstemp(path);
    CHECK(descriptor >= 0);
    CHECK(write(descriptor, content.data(), content.size()) == static_cast<ssize_t>(content.size()));
    close(descriptor);
    refused(path, expected);
    unlink(path);
}

std::string elf_header(unsigned char elf_class, uint16_t type, uint16_t machine) {
    Elf64_Ehdr header = {};
    memcpy(header.e_ident, ELFMAG, SELFMAG);
    header.e_ident[EI_CLASS] = elf_class;
    header.e_ident[EI_DATA] = ELFDATA2LSB;
    header.e_ident[EI_VERSION] = EV_CURRENT;
    header.e_type = type;
    header.e_machine = machine;
    header.e_version = EV_CURRENT;
    header.e_ehsize = sizeof header;
    header.e_phentsize = sizeof(Elf64_Phdr);
    return std::string(reinterpret_cast<const char *>(&header), sizeof header);
}

std::string beside(const std::string &library, const char *name) {
    return library.substr(0, library.rfind('/') + 1) + name;
}

void missing_file(const std::string &library) { refused(beside(library, "no-such-file.so"), EB_RESULT_NOT_FOUND); }

void missing_name(const std::string &) { refused("libno-such-name.so", EB_RESULT_NOT_FOUND); }

void text_file(const std::string &) { refused_content("#!/bin/sh\necho libmesos\n", EB_RESULT_NOT_A_LIBRARY); }

void empty_file(const std::string &) { refused_content("", EB_RESULT_NOT_A_LIBRARY); }

void directory(const std::string &) { refused("/tmp", EB_RESULT_NOT_A_LIBRARY); }

void of_32_bits(const std::string &) {
    refused_content(elf_header(ELFCLASS32, ET_DYN, EM_386), EB_RESULT_WRONG_MACHINE);
}

void of_another_machine(const std::string &) {
    refused_content(elf_header(ELFCLASS64, ET_DYN, EM_AARCH64), EB_RESULT_WRONG_MACHINE);
}

void object_file(const std::string &) {
    refused_content(elf_header(ELFCLASS64, ET_REL, EM_X86_64), EB_RESULT_NOT_A_LIBRARY);
}

void no_segments(const std::string &) {
    refused_content(elf_header(ELFCLASS64, ET_DYN, EM_X86_64), EB_RESULT_CANNOT_LOAD);
}

void cut_short(const std::string &library) {
    std::ifstream file(library, std::ios::binary);
    std::string start(100'000, '\0');
    CHECK(file.read(&start[0], static_cast<std::streamsize>(start.size())));
    refused_content(start, EB_RESULT_NOT_A_LIBRARY);
}

void no_libmesos(const std::string &) {
    const Opened opened = open_library("libm.so.6");
    CHECK(opened.result == EB_RESULT_LACKS_SYMBOL);
    CHECK(opened.error.find("libm.so.6") != std::string::npos);
    eb_description description;
    eb_library_describe(opened.library, &description);
    CHECK(description.missing == description.symbols);
    CHECK(description.string_abi == EB_STRING_ABI_UNKNOWN);
    CHECK(description.oldest_version == 0 && description.newest_version == 0);
}

void one_symbol_missing(const std::string &library) {
    const Opened opened = open_library(beside(library, "libmesos-incomplete.so"));
    CHECK(opened.result == EB_RESULT_LACKS_SYMBOL);
    CHECK(opened.error.find("sendStatusUpdate") != std::string::npos);
    eb_description description;
    eb_library_describe(opened.library, &description);
    CHECK(description.missing == 1);

    Life life(library);
    const eb_callbacks callbacks = life.callbacks();
    eb_driver *driver;
    char error[500];
    CHECK(eb_driver_create(opened.library, &callbacks, &life, &driver, error, sizeof error) == EB_RESULT_LACKS_SYMBOL);
    CHECK(!driver);
}

void description(const std::string &library) {
    const Opened opened = open_library(library);
    CHECK(opened.result == EB_RESULT_OK);
    const bool is_new = library.find("libmesos-new.so") != std::string::npos;
    eb_description description;
    eb_library_describe(opened.library, &description);
    char path[PATH_MAX];
    CHECK(realpath(library.c_str(), path));
    CHECK(std::string(description.path) == path);
    CHECK(description.string_abi == (is_new ? EB_STRING_ABI_CXX11 : EB_STRING_ABI_COPY_ON_WRITE));
    CHECK(description.oldest_version == (is_new ? 1008 : 22));
    CHECK(description.newest_version == (is_new ? 1011 : 28));
    CHECK(description.missing == 0);
    eb_symbol symbol;
    for (int32_t i = 0; i < description.symbols; i++) {
        CHECK(eb_library_symbol(opened.library, i, &symbol) == EB_RESULT_OK);
        CHECK(symbol.found == 1 && *symbol.purpose && *symbol.name);
    }
    CHECK(eb_library_symbol(opened.library, -1, &symbol) == EB_RESULT_WRONG_ORDER);
    CHECK(eb_library_symbol(opened.library, description.symbols, &symbol) == EB_RESULT_WRONG_ORDER);
}

void error_is_cut(const std::string &) {
    eb_library *library;
    char error[8] = "1234567";
    CHECK(eb_library_open("/no/such/library.so", &library, error, 5) == EB_RESULT_NOT_FOUND);
    CHECK(memcmp(error,
                 "/no/\0"
                 "67",
                 8) == 0);
    CHECK(eb_library_open("/no/such/library.so", &library, nullptr, 0) == EB_RESULT_NOT_FOUND);
}

} // namespace

std::vector<Scenario> openings() {
    return {
        {"a_missing_file_is_not_found", missing_file, Scenario::New},
        {"a_missing_name_is_not_found", missing_name, Scenario::New},
        {"a_text_file_is_no_library", text_file, Scenario::New},
        {"an_empty_file_is_no_library", empty_file, Scenario::New},
        {"a_directory_is_no_library", directory, Scenario::New},
        {"an_object_file_is_no_library", object_file, Scenario::New},
        {"a_library_cut_short_is_none", cut_short, Scenario::New},
        {"a_library_of_32_bits_is_for_another_machine", of_32_bits, Scenario::New},
        {"a_library_for_another_processor_is_for_another_machine", of_another_machine, Scenario::New},
        {"a_library_that_holds_nothing_cannot_be_loaded", no_segments, Scenario::New},
        {"a_library_that_is_no_libmesos_lacks_every_symbol", no_libmesos, Scenario::New},
        {"a_libmesos_that_lacks_a_symbol_makes_no_driver", one_symbol_missing, Scenario::New},
        {"a_library_is_described", description},
        {"an_error_is_cut_to_fit", error_is_cut, Scenario::New},
    };
}
