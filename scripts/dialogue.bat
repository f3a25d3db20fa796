@echo off
rem Two batch files talk through two mappings: this one asks, dialogue-answer.bat answers.
rem     dialogue.bat            asks what you type; the other calculates in a window of its own
rem     dialogue.bat /test      asks by itself, all in this window; exit status 1 if an answer is wrong
rem To watch, start this in a third window: reader --name dialogue.answer --follow --peek
setlocal
call "%~dp0find.bat"
if errorlevel 1 exit /b 2
set "failed="
if /i "%~1"=="/test" goto test

start "dialogue-answer" cmd /c call "%~dp0dialogue-answer.bat"
echo Ask for what a batch file can calculate, such as 6*7. An empty line ends both.
:next
set "question="
set /p "question=Question: "
if not defined question goto end
call :ask
if defined answer goto next
set "failed=yes"

:end
writer --name dialogue.question --quiet --timeout 60 ""
if defined failed exit /b 1
exit /b 0

:test
start "" /b cmd /c call "%~dp0dialogue-answer.bat"
set "question=6*7"
set question
call :ask
if not "%answer%"=="42" set "failed=yes"
set "question=(1+2)*-3"
set question
call :ask
if not "%answer%"=="-9" set "failed=yes"
set "question=How much is "6*7" & 50%% of it?"
set question
call :ask
setlocal enabledelayedexpansion
if not "!answer!"=="!question!" set "failed=yes"
endlocal & set "failed=%failed%"
goto end

rem Sends %question% and waits for %answer%.
rem --env sends the value of a variable. On a command line of its own, %question% would not do: a
rem quotation mark or an & in it would end the text or start a command.
rem --take gets a message that no reader has shown, so never the answer before. A reader that only
rem watches needs --peek: without it, it takes part, and what it has shown is no longer here to take.
rem --to oem is the code page in which "for /f" reads, unless chcp has changed it.
:ask
writer --name dialogue.question --quiet --timeout 60 --env question
set "answer="
for /f "delims=" %%a in ('reader --name dialogue.answer --take --timeout 20 --to oem') do set "answer=%%a"
if defined answer set answer
if not defined answer echo There is no answer. Has another reader taken it?
exit /b 0
