@echo off
rem Passes text by arguments and by pipes alone, without a key being pressed, and ends by itself.
rem Exit status: 0 if every text arrived, 1 if not, 2 if the programs are not there.
setlocal
call "%~dp0find.bat"
if errorlevel 1 exit /b 2
set "failed="
rem For !arrived! below: text from elsewhere is never used as %arrived%, which could be read as commands.
setlocal enabledelayedexpansion

rem A mapping lives as long as a program has it open. The writer keeps it open until a reader has shown
rem its text; "start /b" lets this file go on meanwhile.

echo writer: Hello by an argument
start "" /b writer --name scripted-demo.1 --quiet --timeout 60 Hello by an argument
call :reader scripted-demo.1 "Hello by an argument"

echo writer: Hello through a pipe
start "" /b cmd /c "echo Hello through a pipe| writer --name scripted-demo.2 --quiet --timeout 60"
call :reader scripted-demo.2 "Hello through a pipe"

echo writer: Hello through two mappings
start "" /b writer --name scripted-demo.3 --quiet --timeout 60 Hello through two mappings
start "" /b cmd /c "reader --name scripted-demo.3 --wait --timeout 60 | writer --name scripted-demo.4 --quiet --timeout 60"
call :reader scripted-demo.4 "Hello through two mappings"

if defined failed (
    echo Not every text arrived.
    exit /b 1
)
echo Every text arrived.
exit /b 0

rem :reader NAME TEXT  prints what arrives through the mapping NAME, which is to be TEXT.
:reader
set "arrived="
for /f "delims=" %%t in ('reader --name %1 --wait --timeout 60') do set "arrived=%%t"
echo reader: !arrived!
if not "!arrived!"=="%~2" set "failed=yes"
exit /b 0
