/*
 * What libstdc++ asks of glibc 2.32 and later, so that the bridge loads with older ones: whether the process has one
 * thread. Never: it has those of libmesos.
 */
extern "C" char __libc_single_threaded;
char __libc_single_threaded = 0;
