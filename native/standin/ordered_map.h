#pragma once

#include <list>
#include <string>
#include <unordered_map>
#include <utility>

namespace standin {

/* Looked up by key, walked in the order of insertion. */
template <typename Value> class OrderedMap {
  public:
    /* False: there is one of that key. */
    bool add(const std::string &key, const Value &value) {
        if (places_.count(key) > 0)
            return false;
        places_[key] = values_.insert(values_.end(), value);
        return true;
    }

    /* False: there was none of that key. */
    bool remove(const std::string &key) {
        const auto place = places_.find(key);
        if (place == places_.end())
            return false;
        values_.erase(place->second);
        places_.erase(place);
        return true;
    }

    const std::list<Value> &values() const { return values_; }

  private:
    std::list<Value> values_;
    std::unordered_map<std::string, typename std::list<Value>::iterator> places_;
};

} // namespace standin
