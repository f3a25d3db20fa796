@echo off
rem The other half of dialogue.bat: reads questions, calculates, answers, until the question is "bye".
setlocal
call "%~dp0find.bat"
if errorlevel 1 exit /b 2

rem For !question! and !answer!, and where they are read: see dialogue.bat.
:next
setlocal disabledelayedexpansion
set "question="
for /f "delims=" %%q in ('reader --name dialogue.question --wait --timeout 600') do set "question=%%q"
if not defined question exit /b 1
setlocal enabledelayedexpansion
if "!question!"=="bye" goto bye
set "answer="
set /a "answer=!question!" 2>nul
if not defined answer set "answer=That cannot be calculated."
writer --name dialogue.answer --quiet --timeout 60 -- "!answer!"
endlocal
endlocal
goto next

:bye
writer --name dialogue.answer --quiet --timeout 60 "Good bye."
exit /b 0
