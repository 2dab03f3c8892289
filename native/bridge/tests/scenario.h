#pragma once

#include <csignal>
#include <functional>
#include <string>
#include <vector>

/* One thing that is shown, in a process of its own: the bridge takes one library and one driver per process. */
struct Scenario {
    enum Library { New = 1, Old = 2, Either = 3 };
    static constexpr int killed_by = 128;

    const char *name;
    std::function<void(const std::string &library)> run; /* the path of a stand-in; others lie beside it */
    Library library = Either;
    int ending = 0; /* the exit code that is expected, or killed_by + a signal */
};

std::vector<Scenario> openings();
std::vector<Scenario> orders();
std::vector<Scenario> traffic();
std::vector<Scenario> endings();
