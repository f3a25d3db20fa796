@echo off
rem Sees to it that gcc and mingw32-make can be called in this window, and that ARCH tells make what
rem this gcc builds for: call setup.bat
rem Silent when they can. Otherwise it says what winget would install, asks, installs and goes on.
rem Exit status: 0 they are there, 1 they are not.

call :look
if defined compiler goto found

echo To build writer.exe and reader.exe, a C compiler (MinGW-w64: gcc and mingw32-make) is needed.
echo None was found.
winget --version >nul 2>nul
if not %errorlevel%==0 goto by_hand
echo winget would install WinLibs, a free build of it with nothing else to set up (about 250 MB):
echo     winget install --id BrechtSanders.WinLibs.POSIX.UCRT --exact --source winget
set "answer="
set /p "answer=Install it now? [y/N] "
echo.
if /i not "%answer:~0,1%"=="y" goto refused
winget install --id BrechtSanders.WinLibs.POSIX.UCRT --exact --source winget
if not %errorlevel%==0 goto failed
call :look
if defined compiler goto found
echo It was installed, but this window does not find it: please open a new one and start again.
exit /b 1

:by_hand
echo Please install WinLibs or MSYS2, put the bin folder with gcc.exe and mingw32-make.exe on PATH,
echo and start again.
exit /b 1

:refused
echo Nothing was installed.
exit /b 1

:failed
echo winget could not install it.
exit /b 1

:found
if not "%compiler%"=="PATH" set "PATH=%compiler%;%PATH%"
set "compiler="
for /f "delims=-" %%a in ('gcc -dumpmachine') do set "ARCH=%%a"
exit /b 0

rem Sets compiler to PATH if that has both, else to the usual folder of WinLibs or MSYS2 that has.
:look
set "compiler="
gcc --version >nul 2>nul
if not %errorlevel%==0 goto folders
mingw32-make --version >nul 2>nul
if not %errorlevel%==0 goto folders
set "compiler=PATH"
exit /b 0
:folders
set "packages=%LOCALAPPDATA%\Microsoft\WinGet\Packages"
for /f "delims=" %%d in ('dir /b /ad "%packages%\BrechtSanders.WinLibs*" 2^>nul') do (
    call :try "%packages%\%%d\mingw64\bin"
    call :try "%packages%\%%d\mingw32\bin"
)
set "packages="
for %%d in (ucrt64 mingw64 mingw32) do call :try "%SystemDrive%\msys64\%%d\bin"
exit /b 0

:try
if defined compiler exit /b 0
if exist "%~f1\gcc.exe" if exist "%~f1\mingw32-make.exe" set "compiler=%~f1"
exit /b 0
