/** The JVM's half of what the shared stories need, a server process, and what its own need: programs in JVMs of their own. */
package im.tim.sdk

import java.io.File
import java.nio.file.Files
import java.util.concurrent.TimeUnit

internal val theServer: TestServer by lazy { start(File(System.getProperty("tim.server"))) }

/** The pom has the JVM take its heap whole at the start, so one round tells. See GrowthTest. */
internal const val growthRounds = 1

internal fun freshFolder(): File = Files.createTempDirectory("tim").toFile().also(::removeAtExit)

/** What a program said, and the number it ended with: null if it had to be ended after half a minute. */
internal class Ended(val number: Int?, val said: String)

/** Runs the program of a file of this folder. */
internal fun runProgram(file: String, vararg arguments: String): Ended {
    val child = ProcessBuilder(
        "${System.getProperty("java.home")}/bin/java", "-Djna.library.path=${System.getProperty("jna.library.path")}",
        "-cp", System.getProperty("java.class.path"), "im.tim.sdk.${file}Kt", *arguments,
    ).redirectErrorStream(true).start()
    val said = StringBuilder()
    val reader = Thread { said.append(child.inputStream.bufferedReader().readText()) }.apply { start() }
    val inTime = child.waitFor(30, TimeUnit.SECONDS)
    if (!inTime) child.destroyForcibly().waitFor()
    reader.join()
    return Ended(child.exitValue().takeIf { inTime }, said.toString())
}

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
    return TestServer(address, made.getValue("SDKAppID").toLong(), made.getValue("key"))
}

private fun removeAtExit(folder: File) = Runtime.getRuntime().addShutdownHook(Thread { folder.deleteRecursively() })
