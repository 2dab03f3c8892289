#include "wire.h"

#include <algorithm>
#include <arpa/inet.h>
#include <charconv>
#include <strings.h>

namespace wire {

namespace {

constexpr size_t max_head = 64 << 10;
constexpr size_t max_body = 64 << 20;

bool parse_number(const std::string &text, int base, size_t limit, size_t &number) {
    const char *const end = text.data() + text.size();
    const auto parsed = std::from_chars(text.data(), end, number, base);
    return parsed.ec == std::errc() && parsed.ptr == end && number <= limit;
}

bool is(const std::string &name, const char *expected) { return strcasecmp(name.c_str(), expected) == 0; }

struct Head {
    Message message; /* all but its body */
    bool chunked = false;
    size_t content_length = 0;
};

/* POST /<actor>/<message> HTTP/1.1 */
void parse_request(const std::string &line, Message &message) {
    const size_t version = line.rfind(" HTTP/1.");
    const size_t name = line.rfind('/', version == std::string::npos ? version : version - 1);
    if (line.compare(0, 6, "POST /") != 0 || version == std::string::npos || name <= 6 || name + 1 >= version)
        throw Malformed("the request line is none of libprocess");
    message.to = line.substr(6, name - 6);
    message.name = line.substr(name + 1, version - name - 1);
}

void parse_header(const std::string &line, Head &head, std::string &sender) {
    const size_t colon = line.find(':');
    if (colon == std::string::npos || colon == 0)
        throw Malformed("a header has no name");
    const std::string name = line.substr(0, colon);
    const size_t start = line.find_first_not_of(" \t", colon + 1);
    const std::string value = start == std::string::npos ? "" : line.substr(start);
    if (is(name, "Libprocess-From")) {
        sender = value;
    } else if (is(name, "User-Agent") && value.compare(0, 11, "libprocess/") == 0) {
        head.message.wants_answer = false;
        if (sender.empty())
            sender = value.substr(11);
    } else if (is(name, "Transfer-Encoding")) {
        head.chunked = true;
    } else if (is(name, "Content-Length") && !parse_number(value, 10, max_body, head.content_length)) {
        throw Malformed("Content-Length is no number, or too large");
    }
}

Head parse_head(const std::string &text) {
    Head head;
    head.message.wants_answer = true;
    std::string sender;
    for (size_t start = 0, end; start < text.size(); start = end + 2) {
        end = std::min(text.find("\r\n", start), text.size());
        const std::string line = text.substr(start, end - start);
        if (start == 0)
            parse_request(line, head.message);
        else
            parse_header(line, head, sender);
    }
    if (!Pid::parse(sender, head.message.from))
        throw Malformed("nothing says who sent it");
    return head;
}

/* Sets `end` to where the body ends; false: not all of it is there. */
bool take_chunks(const std::string &buffer, size_t start, size_t &end, std::string &body) {
    for (;; start = end) {
        const size_t line_end = buffer.find("\r\n", start);
        if (line_end == std::string::npos && buffer.size() - start <= max_head)
            return false;
        size_t size;
        if (line_end == std::string::npos ||
            !parse_number(buffer.substr(start, line_end - start), 16, max_body - body.size(), size))
            throw Malformed("a chunk's size is no number, or too large");
        end = line_end + 2 + size + 2;
        if (end > buffer.size())
            return false;
        if (buffer.compare(end - 2, 2, "\r\n") != 0)
            throw Malformed("a chunk is longer than its size");
        if (size == 0)
            return true;
        body.append(buffer, line_end + 2, size);
    }
}

bool take_body(const std::string &buffer, size_t start, size_t &end, Head &head) {
    if (head.chunked)
        return take_chunks(buffer, start, end, head.message.body);
    end = start + head.content_length;
    if (end > buffer.size())
        return false;
    head.message.body = buffer.substr(start, head.content_length);
    return true;
}

} // namespace

bool Pid::parse(const std::string &text, Pid &pid) {
    const size_t at = text.rfind('@');
    const size_t colon = text.rfind(':');
    size_t port;
    if (at == std::string::npos || at == 0 || colon == std::string::npos || colon < at)
        return false;
    in_addr address;
    if (inet_pton(AF_INET, text.substr(at + 1, colon - at - 1).c_str(), &address) != 1)
        return false;
    if (!parse_number(text.substr(colon + 1), 10, UINT16_MAX, port) || port == 0)
        return false;
    pid = {text.substr(0, at), address.s_addr, static_cast<uint16_t>(port)};
    return true;
}

std::string Pid::text() const {
    char address[INET_ADDRSTRLEN];
    inet_ntop(AF_INET, &ip, address, sizeof address);
    return name + '@' + address + ':' + std::to_string(port);
}

/* The order of the headers, the empty Host, and no word of a body where there is none: all as captured. */
std::string encode(const Pid &from, const Pid &to, const std::string &name, const std::string &body) {
    std::string message = "POST /" + to.name + '/' + name + " HTTP/1.1\r\nUser-Agent: libprocess/" + from.text() +
                          "\r\nLibprocess-From: " + from.text() + "\r\nConnection: Keep-Alive\r\nHost: \r\n";
    if (body.empty())
        return message + "\r\n";
    char size[17];
    *std::to_chars(size, size + 16, body.size(), 16).ptr = '\0';
    return message + "Transfer-Encoding: chunked\r\n\r\n" + size + "\r\n" + body + "\r\n0\r\n\r\n";
}

void Reader::append(const char *data, size_t size) {
    buffer_.erase(0, start_);
    start_ = 0;
    buffer_.append(data, size);
}

bool Reader::next(Message &message) {
    const size_t head_end = buffer_.find("\r\n\r\n", start_);
    if (std::min(head_end, buffer_.size()) - start_ > max_head)
        throw Malformed("the head is too long");
    if (head_end == std::string::npos)
        return false;
    Head head = parse_head(buffer_.substr(start_, head_end - start_));
    size_t end;
    if (!take_body(buffer_, head_end + 4, end, head))
        return false;
    start_ = end;
    message = std::move(head.message);
    return true;
}

} // namespace wire
