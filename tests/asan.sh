#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Claims (the reference, and each mistake on the claim it names), unit tests and programs
# under the address, leak and undefined-behaviour sanitizers, in build/asan.

export B=build/asan SANITIZE=1 QUICK=1 CK_FORK=no
exec make --no-print-directory -j"$(nproc)" ledger experiments unit program-tests
