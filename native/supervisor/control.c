/* The control socket: the bytes of protocol.h in both directions. */
#define _GNU_SOURCE
#include "supervisor.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

uint32_t get_number(const uint8_t *at) {
    return at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

uint64_t get_number64(const uint8_t *at) { return get_number(at) | (uint64_t)get_number(at + 4) << 32; }

static uint8_t *put(uint8_t *at, uint64_t value, int bytes) {
    for (int i = 0; i < bytes; i++)
        *at++ = (uint8_t)(value >> (8 * i));
    return at;
}

static void report(enum to_executor type, const uint8_t *payload, size_t length) {
    uint8_t frame[HEADER_SIZE + 32];
    put(put(frame, length, 4), type, 1);
    memcpy(frame + HEADER_SIZE, payload, length);
    send(CONTROL, frame, HEADER_SIZE + length, MSG_NOSIGNAL);
}

void report_started(pid_t leader) {
    uint8_t payload[4];
    put(payload, (uint32_t)leader, 4);
    report(FRAME_STARTED, payload, sizeof payload);
}

void report_failed(enum start_step step, uint32_t error, uint32_t detail) {
    uint8_t payload[12];
    put(put(put(payload, step, 4), error, 4), detail, 4);
    report(FRAME_FAILED, payload, sizeof payload);
}

void report_exited(int status) {
    uint8_t payload[4];
    put(payload, (uint32_t)status, 4);
    report(FRAME_EXITED, payload, sizeof payload);
}

void report_empty(const struct rusage *usage) {
    uint8_t payload[24], *at = payload;
    at = put(at, (uint64_t)usage->ru_utime.tv_sec * 1000000 + usage->ru_utime.tv_usec, 8);
    at = put(at, (uint64_t)usage->ru_stime.tv_sec * 1000000 + usage->ru_stime.tv_usec, 8);
    put(at, (uint64_t)usage->ru_maxrss * 1024, 8);
    report(FRAME_EMPTY, payload, sizeof payload);
}

enum received receive(struct frame *frame) {
    static uint8_t header[HEADER_SIZE], *payload;
    static size_t have, length;
    for (;;) {
        bool in_header = have < HEADER_SIZE;
        uint8_t *to = in_header ? header + have : payload + (have - HEADER_SIZE);
        ssize_t got = recv(CONTROL, to, (in_header ? HEADER_SIZE : HEADER_SIZE + length) - have, MSG_DONTWAIT);
        if (got < 0 && (errno == EAGAIN || errno == EINTR))
            return RECEIVED_NOTHING;
        if (got <= 0)
            return RECEIVED_END;
        have += (size_t)got;
        if (have == HEADER_SIZE) {
            length = get_number(header);
            if (length == 0 || length > MAX_PAYLOAD)
                return RECEIVED_NONSENSE;
            payload = need(malloc(length));
        }
        if (have > HEADER_SIZE && have == HEADER_SIZE + length) {
            have = 0;
            *frame = (struct frame){.type = header[4], .payload = payload, .length = length};
            return RECEIVED_FRAME;
        }
    }
}
