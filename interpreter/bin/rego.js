#!/usr/bin/env node
const { join } = require("node:path");
const { startCommand } = require("./start-command.js");

startCommand(__filename, join(__dirname, "../dist/commands/rego.cjs"));
