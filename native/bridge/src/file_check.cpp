/* Looks at a file before the loader does: the loader maps what a damaged one claims to hold, and dies of it. */
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <elf.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "library.h"

namespace {

class File {
  public:
    /* Without waiting, which a pipe would want. */
    explicit File(const char *path) : descriptor_(open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {}
    ~File() {
        if (descriptor_ >= 0)
            close(descriptor_);
    }
    File(const File &) = delete;
    File &operator=(const File &) = delete;

    bool is_open() const { return descriptor_ >= 0; }

    /* 0 for anything but a regular file. */
    uint64_t size() const {
        struct stat status;
        return fstat(descriptor_, &status) == 0 && S_ISREG(status.st_mode) ? static_cast<uint64_t>(status.st_size) : 0;
    }

    bool is_directory() const {
        struct stat status;
        return fstat(descriptor_, &status) == 0 && S_ISDIR(status.st_mode);
    }

    bool read(void *to, size_t size, uint64_t offset) const {
        return pread(descriptor_, to, size, static_cast<off_t>(offset)) == static_cast<ssize_t>(size);
    }

  private:
    int descriptor_;
};

/* Every loaded segment lies within the file. */
bool is_whole(const File &file, const Elf64_Ehdr &header) {
    const uint64_t size = file.size();
    if (header.e_phentsize != sizeof(Elf64_Phdr))
        return false;
    for (int i = 0; i < header.e_phnum; i++) {
        Elf64_Phdr segment;
        if (!file.read(&segment, sizeof segment, header.e_phoff + static_cast<uint64_t>(i) * sizeof segment))
            return false;
        if (segment.p_offset > size || segment.p_filesz > size - segment.p_offset)
            return false;
    }
    return true;
}

} // namespace

eb_result check_file(const char *path, char *error, size_t error_size) {
    const File file(path);
    if (!file.is_open()) {
        const bool absent = errno == ENOENT || errno == ENOTDIR;
        snprintf(error, error_size, "%s: %s", path, strerror(errno));
        return absent ? EB_RESULT_NOT_FOUND : EB_RESULT_CANNOT_LOAD;
    }
    if (file.is_directory()) {
        snprintf(error, error_size, "%s: a directory, not a shared library", path);
        return EB_RESULT_NOT_A_LIBRARY;
    }
    Elf64_Ehdr header;
    if (!file.read(header.e_ident, EI_NIDENT, 0) || memcmp(header.e_ident, ELFMAG, SELFMAG) != 0) {
        snprintf(error, error_size, "%s: not a shared library", path);
        return EB_RESULT_NOT_A_LIBRARY;
    }
    if (header.e_ident[EI_CLASS] != ELFCLASS64 || header.e_ident[EI_DATA] != ELFDATA2LSB ||
        (file.read(&header, sizeof header, 0) && header.e_machine != EM_X86_64)) {
        snprintf(error, error_size, "%s: a library for another kind of machine, this one is x86-64", path);
        return EB_RESULT_WRONG_MACHINE;
    }
    if (!file.read(&header, sizeof header, 0) || header.e_type != ET_DYN) {
        snprintf(error, error_size, "%s: not a shared library", path);
        return EB_RESULT_NOT_A_LIBRARY;
    }
    if (!is_whole(file, header)) {
        snprintf(error, error_size, "%s: the file is damaged or cut short", path);
        return EB_RESULT_NOT_A_LIBRARY;
    }
    return EB_RESULT_OK;
}
