// What `@tencentcloud/chat/modules/…` gives: a class to register. Everything is in the package by itself, so that it is never called.

export default class Module {}
