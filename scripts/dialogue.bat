@echo off
rem Two batch files talk through two mappings: this one asks, dialogue-answer.bat answers.
rem     dialogue.bat            asks what you type; the other calculates in a window of its own
rem     dialogue.bat /test      asks by itself, all in this window; exit status 1 if an answer is wrong
setlocal
call "%~dp0find.bat"
if errorlevel 1 exit /b 2

rem !question! is put in after a line was read, so whatever it contains is text. %question% would be
rem pasted into the line before, and a quotation mark and an & in it would start a command. But where
rem !..! is read, %%a of a for loses its exclamation marks: so that is off but where a text is used.
setlocal disabledelayedexpansion
if /i "%~1"=="/test" goto test

start "dialogue-answer" cmd /c call "%~dp0dialogue-answer.bat"
echo Ask for what a batch file can calculate, such as 6*7. An empty line ends both.
:next
set "question="
set /p "question=Question: "
setlocal enabledelayedexpansion
set "ends="
if "!question!"=="" set "ends=yes"
if "!question!"=="bye" set "ends=yes"
endlocal & set "ends=%ends%"
if defined ends set "question=bye"
call :ask
if not defined ends goto next
exit /b 0

:test
start "" /b cmd /c call "%~dp0dialogue-answer.bat"
set "question=6*7"
call :ask
set "first=%answer%"
set "question=(1+2)*-3"
call :ask
set "second=%answer%"
set "question=bye"
call :ask
if not "%first% %second%"=="42 -9" exit /b 1
exit /b 0

rem Sends the question and waits for the answer. The writer returns when the question was read, the
rem reader when there is an answer. Whoever has read the answer lets it go, and with its last holder
rem the mapping is gone: the next question cannot be answered by the last answer.
:ask
setlocal enabledelayedexpansion
echo Question: !question!
writer --name dialogue.question --quiet --timeout 60 -- "!question!"
endlocal
set "answer="
for /f "delims=" %%a in ('reader --name dialogue.answer --wait --timeout 60') do set "answer=%%a"
setlocal enabledelayedexpansion
echo Answer: !answer!
endlocal
exit /b 0
