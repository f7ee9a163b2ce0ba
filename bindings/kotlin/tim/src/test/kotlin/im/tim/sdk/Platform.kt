/** The JVM's half of what the shared stories need: it starts a server process of its own. */
package im.tim.sdk

import java.io.File
import java.nio.file.Files

internal val theServer: TestServer by lazy { start(File(System.getProperty("tim.server"))) }

internal fun freshFolder(): File = Files.createTempDirectory("tim").toFile().also(::removeAtExit)

private fun start(binary: File): TestServer {
    val data = freshFolder().resolve("server").path
    val app = ProcessBuilder(binary.path, "app", "--data", data).start()
    val made = app.inputStream.bufferedReader().readLines().associate { line ->
        line.split(Regex(" +")).let { (word, value) -> word to value }
    }
    val server = ProcessBuilder(
        binary.path, "serve", "--data", data, "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0",
    ).redirectError(File(data, "log")).start()
    Runtime.getRuntime().addShutdownHook(Thread { server.destroy() })
    // The first line tells the address: "listening on ws://…".
    val address = server.inputStream.bufferedReader().readLine()?.substringAfter(" on ")
    checkNotNull(address) { "the server did not start: ${File(data, "log").readText()}" }
    return TestServer(address, made.getValue("SDKAppID").toUInt(), made.getValue("key"))
}

private fun removeAtExit(folder: File) = Runtime.getRuntime().addShutdownHook(Thread { folder.deleteRecursively() })
