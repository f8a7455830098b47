// The tables of the operator's file, one per section: which keys there are, how
// each is read and written, and what it means. docs/configuration.md tells it
// at length; a test compares the two.
//
// Cheap to call but not free: LoadText builds each table once.
#ifndef HEADGATE_CONFIG_SECTIONS_H_
#define HEADGATE_CONFIG_SECTIONS_H_

#include <string>
#include <vector>

#include "config/config.h"
#include "config/type.h"

namespace headgate::config {

Type<Address> AddressType();  // read_listeners.cc
Type<std::vector<Listener>> ListenersType();
Type<Address> AdminType();
Type<Upstream> UpstreamType();  // read_upstream.cc
Type<Limits> LimitsType();      // read_value.cc
Type<std::map<std::string, ValueSpec>> ValuesType();
Type<App> AppType();                        // read_app.cc
Type<std::vector<Service>> ServicesType();  // read_service.cc
Type<Tokens> TokensType();                  // read_tokens.cc
Type<Config> ConfigType();                  // read_config.cc

// "app.example.com", an IPv4 or an [IPv6] address, and a port.
struct HostPort {
  std::string host;  // without brackets
  std::string port;  // empty: none was given
};
// False if `text` is neither HOST nor HOST:PORT.
bool ParseHostPort(std::string_view text, HostPort* out);
// 0 to 65535.
bool ParsePort(std::string_view text, uint16_t* port);

}  // namespace headgate::config

#endif  // HEADGATE_CONFIG_SECTIONS_H_
