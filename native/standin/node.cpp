#include "node.h"

#include <algorithm>
#include <cerrno>
#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <system_error>
#include <unistd.h>

namespace wire {

namespace {

sockaddr_in socket_address(uint32_t ip, uint16_t port) {
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = ip;
    address.sin_port = htons(port);
    return address;
}

int listen_on(Node::Address where) {
    const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const sockaddr_in address = socket_address(where.ip, where.port);
    const int on = 1;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(listener, reinterpret_cast<const sockaddr *>(&address), sizeof address) != 0 ||
        listen(listener, SOMAXCONN) != 0) {
        const int why = errno;
        close(listener);
        throw std::system_error(why, std::generic_category(), "cannot listen");
    }
    return listener;
}

uint16_t port_of(int listener) {
    sockaddr_in address;
    socklen_t size = sizeof address;
    getsockname(listener, reinterpret_cast<sockaddr *>(&address), &size);
    return ntohs(address.sin_port);
}

} // namespace

/* Closed when the last who uses it lets go; until then shutdown() alone ends it, so that no descriptor is reused. */
class Node::Connection {
  public:
    Connection(int socket, const Pid &peer) : socket(socket), peer(peer) {}
    ~Connection() { close(socket); }
    Connection(const Connection &) = delete;
    Connection &operator=(const Connection &) = delete;

    bool outgoing() const { return peer.port != 0; }
    void end() const { shutdown(socket, SHUT_RDWR); }

    /* Waits for the peer to take it all. A failure shows as the connection's end. */
    void write(const std::string &bytes) {
        const std::lock_guard<std::mutex> whole(writing_);
        for (size_t written = 0; written < bytes.size();) {
            const ssize_t count = ::send(socket, &bytes[written], bytes.size() - written, MSG_NOSIGNAL);
            if (count < 0 && errno != EINTR)
                return;
            written += count > 0 ? static_cast<size_t>(count) : 0;
        }
    }

    const int socket;
    const Pid peer; /* its port is 0 where the peer opened the connection */
    bool linked = false;
    bool replaced = false;
    Reader reader;

  private:
    std::mutex writing_;
};

Node::Node(const std::string &name, Address listen, Address advertised, Events events)
    : events_(std::move(events)), listener_(listen_on(listen)),
      waker_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)), self_{name, advertised.ip ? advertised.ip : listen.ip,
                                                            advertised.port ? advertised.port : port_of(listener_)},
      thread_([this] { run(); }) {}

Node::~Node() {
    {
        const std::lock_guard<std::mutex> lock(mutex_);
        stopping_ = true;
    }
    wake();
    thread_.join();
    close(listener_);
    close(waker_);
}

void Node::link(const Pid &peer) {
    const ConnectionPointer connection = outgoing(peer);
    bool alive;
    {
        const std::lock_guard<std::mutex> lock(mutex_);
        alive = std::find(connections_.begin(), connections_.end(), connection) != connections_.end();
        if (alive)
            connection->linked = true;
    }
    if (!alive)
        events_.on_exit(peer);
}

void Node::relink(const Pid &peer) {
    {
        const std::lock_guard<std::mutex> lock(mutex_);
        for (const auto &connection : connections_) {
            if (!connection->outgoing() || !connection->peer.same_process(peer))
                continue;
            connection->linked = false;
            connection->replaced = true;
            connection->end();
        }
    }
    link(peer);
}

void Node::send(const Pid &to, const std::string &name, const std::string &body) {
    if (const ConnectionPointer connection = outgoing(to))
        connection->write(encode(self_, to, name, body));
}

Node::ConnectionPointer Node::outgoing(const Pid &peer) {
    {
        const std::lock_guard<std::mutex> lock(mutex_);
        for (const auto &connection : connections_)
            if (connection->outgoing() && !connection->replaced && connection->peer.same_process(peer))
                return connection;
    }
    return connect(peer);
}

/* Null where nobody listens. */
Node::ConnectionPointer Node::connect(const Pid &peer) {
    const auto connection = std::make_shared<Connection>(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), peer);
    const sockaddr_in address = socket_address(peer.ip, peer.port);
    if (::connect(connection->socket, reinterpret_cast<const sockaddr *>(&address), sizeof address) != 0)
        return nullptr;
    {
        const std::lock_guard<std::mutex> lock(mutex_);
        connections_.push_back(connection);
    }
    wake();
    return connection;
}

void Node::run() {
    for (;;) {
        std::vector<ConnectionPointer> connections;
        {
            const std::lock_guard<std::mutex> lock(mutex_);
            if (stopping_)
                return;
            connections = connections_;
        }
        std::vector<pollfd> waits = {{waker_, POLLIN, 0}, {listener_, POLLIN, 0}};
        for (const auto &connection : connections)
            waits.push_back({connection->socket, POLLIN, 0});
        if (poll(waits.data(), waits.size(), -1) < 0)
            continue;
        eventfd_t ignored;
        eventfd_read(waker_, &ignored);
        if (waits[1].revents)
            accept();
        for (size_t i = 0; i < connections.size(); i++)
            if (waits[i + 2].revents && !read(*connections[i]))
                drop(connections[i]);
    }
}

void Node::accept() {
    const int socket = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (socket < 0)
        return;
    const std::lock_guard<std::mutex> lock(mutex_);
    connections_.push_back(std::make_shared<Connection>(socket, Pid()));
}

/* False: nothing more comes from it. Answers to our own messages are thrown away, as libprocess does. */
bool Node::read(Connection &connection) {
    char bytes[64 << 10];
    const ssize_t count = recv(connection.socket, bytes, sizeof bytes, 0);
    if (count <= 0)
        return count < 0 && errno == EINTR;
    if (connection.outgoing())
        return true;
    try {
        connection.reader.append(bytes, static_cast<size_t>(count));
        for (Message message; connection.reader.next(message);)
            deliver(connection, std::move(message));
        return true;
    } catch (const Malformed &) {
        return false;
    }
}

void Node::deliver(Connection &connection, Message message) {
    const bool known = message.to == self_.name;
    if (message.wants_answer)
        connection.write(known ? "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n"
                               : "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
    if (known)
        events_.on_message(std::move(message));
}

void Node::drop(const ConnectionPointer &connection) {
    connection->end();
    bool linked;
    {
        const std::lock_guard<std::mutex> lock(mutex_);
        connections_.erase(std::find(connections_.begin(), connections_.end(), connection));
        linked = connection->linked;
    }
    if (linked)
        events_.on_exit(connection->peer);
}

void Node::wake() const { eventfd_write(waker_, 1); }

} // namespace wire
