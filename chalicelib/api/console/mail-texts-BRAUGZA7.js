import{Wa as t,Ya as e}from"./chunk-F7EBDJF4.js";function a(){return t(e,{title:"Mail texts",children:"\u2026"})}export{a as default};
