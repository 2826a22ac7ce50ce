import{ib as t,kb as e}from"./chunk-WQC7JUWH.js";function a(){return t(e,{title:"Mail texts",children:"\u2026"})}export{a as default};
