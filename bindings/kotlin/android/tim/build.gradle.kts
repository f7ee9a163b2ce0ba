// The AAR. build-native must have put the libraries into src/main/jniLibs first.
import org.jetbrains.kotlin.gradle.dsl.JvmTarget
import org.jetbrains.kotlin.gradle.dsl.KotlinVersion

plugins {
    alias(libs.plugins.android.library)
}

group = "im.tim"
version = "0.1.0"

val jvm = "../../tim"

android {
    namespace = "im.tim.sdk"
    compileSdk = 36

    defaultConfig {
        // The oldest Android whose loader resolves everything the library asks for.
        minSdk = 24
        consumerProguardFiles("consumer-rules.pro")
        testInstrumentationRunner = "androidx.test.runner.AndroidJUnitRunner"
    }

    // The same sources as the jar's, and the same stories: what runs on the JVM is what runs on a device.
    sourceSets {
        getByName("main").kotlin.directories += "$jvm/src/main/kotlin"
        getByName("androidTest").kotlin.directories += "$jvm/src/sharedTest/kotlin"
    }

    // The tests run against the release build: some faults of JNA's callers show only there.
    testBuildType = "release"
    buildTypes {
        release {
            // Apps minify it together with themselves, by consumer-rules.pro.
            isMinifyEnabled = false
            signingConfig = signingConfigs.getByName("debug")
        }
    }

    compileOptions {
        sourceCompatibility = JavaVersion.VERSION_17
        targetCompatibility = JavaVersion.VERSION_17
    }
}

// Made for apps with older compilers too: see kotlin.language in ../../pom.xml.
kotlin {
    coreLibrariesVersion = libs.versions.kotlin.stdlib.get()
    compilerOptions {
        languageVersion = KotlinVersion.KOTLIN_2_1
        apiVersion = KotlinVersion.KOTLIN_2_1
        jvmTarget = JvmTarget.JVM_17
        allWarningsAsErrors = true
        freeCompilerArgs.add("-Xsuppress-version-warnings") // The language is old on purpose.
    }
}

dependencies {
    // The AAR has JNA's own native libraries for Android, the jar those for desktops.
    api(libs.jna) { artifact { type = "aar" } }
    api(libs.coroutines)
    androidTestImplementation(libs.kotlin.test)
    androidTestImplementation(libs.test.runner)
}
