/* One libprocess actor on the network: its own listening socket, and one connection of its own to each peer. */
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "wire.h"

namespace wire {

class Node {
  public:
    /* Both are called on the node's own thread; `on_exit` also on that of link(), when nobody listens there. */
    struct Events {
        std::function<void(Message)> on_message;
        std::function<void(const Pid &)> on_exit; /* the connection to a linked peer has ended */
    };

    /* A null port is a free one to listen on, and whatever is null in `advertised` is that of `listen`. */
    struct Address {
        uint32_t ip; /* in network byte order */
        uint16_t port;
    };

    /* Throws std::system_error. */
    Node(const std::string &name, Address listen, Address advertised, Events events);
    ~Node();
    Node(const Node &) = delete;
    Node &operator=(const Node &) = delete;

    /* Who it says it is. */
    const Pid &self() const { return self_; }

    /* From now on the end of the connection to the peer is told. */
    void link(const Pid &peer);

    /* The same over a fresh connection: an agent that was restarted may have left a half open one. */
    void relink(const Pid &peer);

    /* Lost, like in libprocess, where nobody listens. */
    void send(const Pid &to, const std::string &name, const std::string &body);

  private:
    class Connection;
    using ConnectionPointer = std::shared_ptr<Connection>;

    ConnectionPointer connect(const Pid &peer);
    ConnectionPointer outgoing(const Pid &peer);
    void run();
    void accept();
    bool read(Connection &connection);
    void deliver(Connection &connection, Message message);
    void drop(const ConnectionPointer &connection);
    void wake() const;

    const Events events_;
    const int listener_;
    const int waker_;
    const Pid self_;
    std::mutex mutex_; /* guards what follows */
    std::vector<ConnectionPointer> connections_;
    bool stopping_ = false;
    std::thread thread_;
};

} // namespace wire
