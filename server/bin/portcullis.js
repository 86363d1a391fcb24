#!/usr/bin/env node
const { join } = require("node:path");
const { startCommand } = require("@portcullis/interpreter/start-command");

startCommand(__filename, join(__dirname, "../dist/commands/portcullis.cjs"));
