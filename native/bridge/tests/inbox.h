#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>

#include "check.h"

/* What one thread tells another, in order. */
template <typename Item> class Inbox {
  public:
    void put(Item item) {
        const std::lock_guard<std::mutex> lock(mutex_);
        items_.push_back(std::move(item));
        changed_.notify_all();
    }

    /* Waits for the next one; none within half a minute fails the scenario. */
    Item next() {
        std::unique_lock<std::mutex> lock(mutex_);
        CHECK(changed_.wait_for(lock, std::chrono::seconds(30), [this] { return !items_.empty(); }));
        Item item = std::move(items_.front());
        items_.pop_front();
        return item;
    }

    bool empty() {
        const std::lock_guard<std::mutex> lock(mutex_);
        return items_.empty();
    }

  private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<Item> items_;
};
