/* SPDX-License-Identifier: Apache-2.0 */
/* charter_message.h - a charter as its protobuf message, for strict_unpack and strict_pack: the
 * room `charter` turns it into struct charter and back, and sees no other generated code. */
#ifndef COMITY_CODEC_CHARTER_MESSAGE_H
#define COMITY_CODEC_CHARTER_MESSAGE_H

#include "charter.pb-c.h"
#include "codec/strict.h"

#endif
