#include "cli/command.h"

int main(int argc, char** argv) { return headgate::cli::Main(argc, argv); }
