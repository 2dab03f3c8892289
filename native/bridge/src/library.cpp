/* Opens libmesos and finds what the bridge needs in it. */
#include "library.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <link.h>
#include <new>

namespace {

struct Wanted {
    const char *purpose;
    const char *names[2]; /* any of them will do; the second may be null */
};

/* The second names: of C++11 strings, and of protobuf 2. */
const Wanted wanted[eb_library::symbol_count] = {
    {"MesosExecutorDriver::MesosExecutorDriver(Executor*)", {"_ZN5mesos19MesosExecutorDriverC1EPNS_8ExecutorE"}},
    {"MesosExecutorDriver::~MesosExecutorDriver()", {"_ZN5mesos19MesosExecutorDriverD1Ev"}},
    {"MesosExecutorDriver::start()", {"_ZN5mesos19MesosExecutorDriver5startEv"}},
    {"MesosExecutorDriver::stop()", {"_ZN5mesos19MesosExecutorDriver4stopEv"}},
    {"MesosExecutorDriver::abort()", {"_ZN5mesos19MesosExecutorDriver5abortEv"}},
    {"MesosExecutorDriver::join()", {"_ZN5mesos19MesosExecutorDriver4joinEv"}},
    {"MesosExecutorDriver::sendStatusUpdate(TaskStatus)",
     {"_ZN5mesos19MesosExecutorDriver16sendStatusUpdateERKNS_10TaskStatusE"}},
    {"MesosExecutorDriver::sendFrameworkMessage(string)",
     {"_ZN5mesos19MesosExecutorDriver20sendFrameworkMessageERKSs",
      "_ZN5mesos19MesosExecutorDriver20sendFrameworkMessageERKNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEE"}},
    {"MessageLite::SerializeToArray(void*, int)", {"_ZNK6google8protobuf11MessageLite16SerializeToArrayEPvi"}},
    {"MessageLite::ParseFromArray(const void*, int)", {"_ZN6google8protobuf11MessageLite14ParseFromArrayEPKvi"}},
    {"TaskStatus::TaskStatus()", {"_ZN5mesos10TaskStatusC1Ev"}},
    {"TaskStatus::~TaskStatus()", {"_ZN5mesos10TaskStatusD1Ev"}},
    {"ExecutorInfo::ByteSize", {"_ZNK5mesos12ExecutorInfo12ByteSizeLongEv", "_ZNK5mesos12ExecutorInfo8ByteSizeEv"}},
    {"FrameworkInfo::ByteSize", {"_ZNK5mesos13FrameworkInfo12ByteSizeLongEv", "_ZNK5mesos13FrameworkInfo8ByteSizeEv"}},
    {"SlaveInfo::ByteSize", {"_ZNK5mesos9SlaveInfo12ByteSizeLongEv", "_ZNK5mesos9SlaveInfo8ByteSizeEv"}},
    {"TaskInfo::ByteSize", {"_ZNK5mesos8TaskInfo12ByteSizeLongEv", "_ZNK5mesos8TaskInfo8ByteSizeEv"}},
    {"TaskID::ByteSize", {"_ZNK5mesos6TaskID12ByteSizeLongEv", "_ZNK5mesos6TaskID8ByteSizeEv"}},
};

/* What a release brought, newest first. A name is of a destructor or a function: those are never inlined. */
const struct {
    const char *name;
    int32_t version;
} milestones[] = {
    {"_ZN5mesos11SeccompInfoD1Ev", 1008},
    {"_ZN5mesos19MesosExecutorDriverC1EPNS_8ExecutorERKSt3mapINSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEES9_"
     "St4lessIS9_ESaISt4pairIKS9_S9_EEE",
     1007},
    {"_ZN5mesos19MesosExecutorDriverC1EPNS_8ExecutorERKSt3mapISsSsSt4lessISsESaISt4pairIKSsSsEEE", 1007},
    {"_ZN5mesos9CheckInfoD1Ev", 1002},
    {"_ZN5mesos10KillPolicyD1Ev", 1000},
};
constexpr int32_t before_the_milestones = 22;
constexpr int32_t newest_known = 1011;

/* The release before one of the milestones: 0.28 came before 1.0. */
int32_t release_before(int32_t version) { return version == 1000 ? 28 : version - 1; }

void tell_era(void *handle, eb_library &library) {
    library.newest_version = newest_known;
    for (const auto &milestone : milestones) {
        if (dlsym(handle, milestone.name)) {
            library.oldest_version = milestone.version;
            return;
        }
        library.newest_version = release_before(milestone.version);
    }
    library.oldest_version = before_the_milestones;
}

void find_symbols(void *handle, eb_library &library) {
    for (int i = 0; i < eb_library::symbol_count; i++) {
        library.names[i] = wanted[i].names[0];
        for (const char *name : wanted[i].names) {
            if (!name || library.addresses[i])
                continue;
            library.addresses[i] = dlsym(handle, name);
            if (library.addresses[i])
                library.names[i] = name;
        }
        library.missing += library.addresses[i] ? 0 : 1;
    }
    const auto found_second = [&library](Symbol symbol) {
        const int i = static_cast<int>(symbol);
        return library.addresses[i] && library.names[i] == wanted[i].names[1];
    };
    library.protobuf2 = found_second(Symbol::TaskInfoSize);
    if (library.get<void *>(Symbol::SendFrameworkMessage))
        library.string_abi =
            found_second(Symbol::SendFrameworkMessage) ? EB_STRING_ABI_CXX11 : EB_STRING_ABI_COPY_ON_WRITE;
}

void set_path(void *handle, const char *given, eb_library &library) {
    const link_map *map = nullptr;
    if (dlinfo(handle, RTLD_DI_LINKMAP, &map) != 0 || !realpath(map->l_name, library.path))
        snprintf(library.path, sizeof library.path, "%s", given);
}

/*
 * Lazily bound for speed. Deep binding makes the library find its own protobuf whatever the process holds; nothing of
 * it may be seen by others, and it is never unloaded.
 */
void *load(const char *path) {
#ifdef __SANITIZE_ADDRESS__
    return dlopen(path, RTLD_LAZY | RTLD_LOCAL | RTLD_NODELETE);
#else
    return dlopen(path, RTLD_LAZY | RTLD_LOCAL | RTLD_NODELETE | RTLD_DEEPBIND);
#endif
}

/* The loader's own message says it for a bare name; a path was looked at before. */
eb_result why_not_loaded(const char *path, char *error, size_t error_size) {
    const char *why = dlerror();
    const size_t length = strlen(path);
    const char absent[] = ": cannot open shared object file: No such file";
    if (strncmp(why, path, length) == 0 && strncmp(why + length, absent, sizeof absent - 1) == 0) {
        snprintf(error, error_size, "%s: not on the loader's path", path);
        return EB_RESULT_NOT_FOUND;
    }
    snprintf(error, error_size, "%s: cannot be loaded: %s", path, why);
    return EB_RESULT_CANNOT_LOAD;
}

} // namespace

uint32_t eb_version(void) { return EXECUTOR_BRIDGE_VERSION; }

eb_result eb_library_open(const char *path, eb_library **library, char *error, size_t error_size) try {
    *library = nullptr;
    if (strchr(path, '/')) {
        const eb_result checked = check_file(path, error, error_size);
        if (checked != EB_RESULT_OK)
            return checked;
    }
    auto *opened = new (std::nothrow) eb_library{};
    if (!opened) {
        snprintf(error, error_size, "%s: no memory", path);
        return EB_RESULT_NO_MEMORY;
    }
    void *handle = load(path);
    if (!handle) {
        delete opened;
        return why_not_loaded(path, error, error_size);
    }
    set_path(handle, path, *opened);
    find_symbols(handle, *opened);
    *library = opened;
    if (opened->missing == 0) {
        tell_era(handle, *opened);
        return EB_RESULT_OK;
    }
    for (int i = 0; i < eb_library::symbol_count; i++) {
        if (opened->addresses[i])
            continue;
        snprintf(error, error_size, "%s: lacks %s (%s)%s", opened->path, wanted[i].purpose, opened->names[i],
                 opened->missing > 1 ? ", among others" : "");
        break;
    }
    return EB_RESULT_LACKS_SYMBOL;
} catch (...) {
    snprintf(error, error_size, "%s: an initialiser of it threw an exception", path);
    return EB_RESULT_EXCEPTION;
}

void eb_library_describe(const eb_library *library, eb_description *description) {
    *description = {library->path,           library->string_abi,      library->oldest_version,
                    library->newest_version, eb_library::symbol_count, library->missing};
}

eb_result eb_library_symbol(const eb_library *library, int32_t index, eb_symbol *symbol) {
    if (index < 0 || index >= eb_library::symbol_count)
        return EB_RESULT_WRONG_ORDER;
    *symbol = {wanted[index].purpose, library->names[index], library->addresses[index] ? 1 : 0};
    return EB_RESULT_OK;
}
